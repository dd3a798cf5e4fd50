/** The last part of a path of Linux, macOS or Windows. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}

/** A name for a project, from the model's path: the file's, or the folder's where the file is just called "deploy". */
export function projectNameOf(path: string): string {
  const parts = path.split(/[\\/]/).filter((part) => part !== '');
  const stem = fileName(path).replace(/\.(prototxt|caffemodel)$/i, '');
  const isGeneric = /^(deploy|weights|model|net|train_val)$/i.test(stem);
  return isGeneric ? (parts.at(-2) ?? stem) : stem;
}

/** What a dropped file is by its name. */
export function modelFileKind(path: string): 'proto' | 'weights' | undefined {
  if (/\.(prototxt|pbtxt)$/i.test(path)) return 'proto';
  return /\.caffemodel$/i.test(path) ? 'weights' : undefined;
}
