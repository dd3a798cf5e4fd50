export interface Size2d {
  readonly height: number;
  readonly width: number;
}
