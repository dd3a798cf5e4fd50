export default function beforePack(context: {
  readonly packager: { readonly projectDir: string };
  readonly arch: number;
  readonly electronPlatformName: string;
}): void;
