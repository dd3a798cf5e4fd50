import * as v from 'valibot';

/** The file in a virtual board's home folder by which it says that it is one, and how its programs are run. */
export const ANNOUNCEMENT_FILE = '.cortado-board.json';

const announcementSchema = v.object({
  kind: v.literal('virtual'),
  architecture: v.picklist(['aarch64', 'armv7', 'x86_64']),
  /** Words that come before a program's path: an emulator, or nothing. */
  runner: v.array(v.pipe(v.string(), v.regex(/^[^\r\n\0]+$/))),
  /** Whether another processor is imitated; times then mean nothing. */
  emulated: v.boolean(),
  /** The board whose accelerator is simulated. */
  accelerator: v.exactOptional(v.string()),
});

export type Announcement = v.InferOutput<typeof announcementSchema>;

/** Reads an announcement; undefined where the text is none. */
export function parseAnnouncement(text: string): Announcement | undefined {
  try {
    const result = v.safeParse(announcementSchema, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}
