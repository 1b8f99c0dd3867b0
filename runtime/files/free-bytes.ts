import { mkdir, statfs } from 'node:fs/promises';

/** Free bytes of the disk that a folder is on. */
export async function freeBytesOf(folder: string): Promise<number> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
