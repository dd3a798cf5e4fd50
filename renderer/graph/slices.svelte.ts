/** Boxes that are drawn with each frame: all of a deep network at once would hold the window for too long. */
const SLICE = 24;

/** How many of `length` things are drawn: some with each frame, until it is all of them. */
export class Slices {
  count = $state(0);

  constructor(length: () => number) {
    $effect(() => {
      const wanted = length();
      const draw = (): void => {
        this.count = Math.min(wanted, this.count + SLICE);
        if (this.count < wanted) frame = requestAnimationFrame(draw);
      };
      this.count = 0;
      let frame = requestAnimationFrame(draw);
      return () => {
        cancelAnimationFrame(frame);
      };
    });
  }
}
