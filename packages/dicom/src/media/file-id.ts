import { DicomError } from '../errors.ts';

/** PS3.10 §8.2: at most eight components of at most eight characters, from capitals, digits and the underscore (§8.5). */
const maxComponents = 8;
const component = /^[A-Z0-9_]{1,8}$/;
const maxNumber = 999_999;

export function isFileId(components: readonly string[]): boolean {
  return (
    components.length > 0 && components.length <= maxComponents && components.every((part) => component.test(part))
  );
}

/**
 * The file ID of one instance of a media set that is being written: `ST000001/SE000002/IM000003`, counted from 1.
 *
 * @throws DicomError DICOM_FILE_ID_INVALID  a number that is none from 1 to 999,999: eight characters hold no more
 */
export function fileIdOf(study: number, series: number, instance: number): string[] {
  return [`ST${sixDigits(study)}`, `SE${sixDigits(series)}`, `IM${sixDigits(instance)}`];
}

function sixDigits(number: number): string {
  if (!Number.isInteger(number) || number < 1 || number > maxNumber)
    throw new DicomError('DICOM_FILE_ID_INVALID', 'A file ID counts from 1 to 999,999');
  return number.toString().padStart(6, '0');
}

/**
 * A file ID that was read, as a path below the folder that holds the DICOMDIR; `undefined` where it is no safe one.
 *
 * Lenient where disks are (lower case, long names, dots, spaces), never where a name could lead out of the set: no
 * empty component, none that ends with a dot or blank (Windows drops those: `.. ` is `..`, and two names become one), no
 * slash, backslash, colon (drives, alternate streams) or control character, and no device of Windows, which is one in
 * any folder and with any extension (`NUL`, `COM1.dcm`). A symbolic link on the medium is the caller's to refuse.
 */
export function relativePath(fileId: readonly string[]): string | undefined {
  return fileId.length > 0 && fileId.every(isSafe) ? fileId.join('/') : undefined;
}

const device = /^(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[1-9¹²³]) *(?:\.|$)/i;

function isSafe(name: string): boolean {
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || name[at] === '/' || name[at] === '\\' || name[at] === ':')
      return false;
  }
  return name.length > 0 && name.length <= 255 && !/[ .\u00a0]$/.test(name) && !device.test(name);
}
