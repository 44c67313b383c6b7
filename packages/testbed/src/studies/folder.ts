import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';

/** What CDs and desktops put beside DICOM files. */
const others: readonly (readonly [name: string, content: string])[] = [
  ['AUTORUN.INF', '[autorun]\r\nopen=viewer.exe\r\n'],
  ['README.TXT', 'Start viewer.exe to see your pictures.\r\n'],
  ['VIEWER/viewer.exe', 'MZ\u0090\0\u0003\0\0\0'],
  ['VIEWER/.DS_Store', '\0\0\0\u0001Bud1'],
  ['Thumbs.db', '\u00d0\u00cf\u0011\u00e0'],
  ['index.html', '<!doctype html><title>Patient CD</title>'],
];

/** Writes files under a folder by their own names, as on a patient's CD: other files stand among them. */
export async function writeFolder(
  dir: string,
  files: Iterable<{ readonly name: string; readonly bytes: Uint8Array }>,
): Promise<void> {
  const root = resolve(dir);
  const put = async (name: string, bytes: Uint8Array) => {
    const path = join(root, name);
    if (!path.startsWith(root + sep)) throw new Error('the name leads out of the folder');
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  };
  await mkdir(join(root, 'an empty folder'), { recursive: true });
  for (const [name, content] of others) await put(name, Buffer.from(content, 'latin1'));
  for (const { name, bytes } of files) await put(name, bytes);
}
