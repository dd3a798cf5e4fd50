/** Width of a drawing, in pixels, until it is known how much room there is: then it is drawn as wide as that. */
export const DRAWN_WIDTH = 720;
/** Narrower ones are scaled down, letters and all. */
export const SMALLEST_WIDTH = 380;
