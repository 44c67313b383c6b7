import { List, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { Note } from './note.tsx';

/** Nothing that can be sent: what was meant, and where it may be. */
export function NothingFound({ files }: { readonly files: number }) {
  return (
    <Note
      color="yellow"
      icon={<IconInfoCircle aria-hidden />}
      title="No images that can be sent were found"
      role="alert"
    >
      <Text size="sm">
        {files === 0 ? 'What you chose holds no files. ' : ''}
        Hospitals keep X-rays, CT, MR and ultrasound as DICOM files, which hold the images and whom they are of. Photos,
        screenshots and PDF reports are something else, and are not taken.
      </Text>
      <Text size="sm" mt="xs">
        What to look for on a CD or USB stick:
      </Text>
      <List size="sm">
        <List.Item>
          Choose the whole disc, not a file on it. Images often lie in a folder named DICOM, IMAGES or IMG, in files
          without an ending.
        </List.Item>
        <List.Item>A file named DICOMDIR means that there are DICOM images beside it.</List.Item>
        <List.Item>If a disc cannot be read, ask the hospital that made it for another.</List.Item>
      </List>
    </Note>
  );
}
