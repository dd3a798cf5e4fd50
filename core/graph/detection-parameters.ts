export type CodeType = 'CORNER' | 'CENTER_SIZE' | 'CORNER_SIZE';

export interface SuppressionOptions {
  readonly confidence: number;
  readonly overlap: number;
  /** Candidates considered; none are left out where it is less than 1. */
  readonly topK: number;
  readonly eta: number;
}

/** What SSD's DetectionOutput is told. */
export interface DetectionParameters extends SuppressionOptions {
  readonly classes: number;
  readonly sharedLocation: boolean;
  readonly background: number;
  readonly code: CodeType;
  readonly varianceInTarget: boolean;
  readonly clip: boolean;
  /** Detections kept per image; all where it is less than 1. */
  readonly keepTopK: number;
}
