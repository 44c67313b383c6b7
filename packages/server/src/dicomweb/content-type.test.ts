import { expect, test } from 'vitest';
import { contentType } from './content-type.ts';

test('a transfer syntax stands beside its media type', () => {
  expect(contentType('application/dicom', '1.2.840.10008.1.2.1')).toBe(
    'application/dicom; transfer-syntax=1.2.840.10008.1.2.1',
  );
});

test.each(['1.2.3\r\nContent-Length: 0\r\n\r\n', '1.2.3; type=text/html', '1.2.é', '', `1.${'2'.repeat(70)}`])(
  'what is no UID does not get into a header: %j',
  (named) => {
    expect(contentType('application/dicom', named)).toBe('application/dicom');
  },
);
