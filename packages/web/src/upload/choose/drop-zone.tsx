import { Button, Text } from '@mantine/core';
import { IconFiles, IconFolder, IconUpload } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import classes from '../upload.module.css';
import { addDropped, addFiles } from '../upload-actions.ts';

/** Phones have no folders to choose, though some browsers say that they have. */
function hasFolders(): boolean {
  return 'webkitdirectory' in HTMLInputElement.prototype && !matchMedia('(hover: none) and (pointer: coarse)').matches;
}

/** Where files are chosen, or dropped: anywhere on the page, since a drop beside would make the browser leave it. */
export function DropZone({ userId, small }: { readonly userId: string; readonly small: boolean }) {
  const folder = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const folders = hasFolders();

  useEffect(() => {
    let leaving: ReturnType<typeof setTimeout> | undefined;
    const isFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const drag = (event: DragEvent) => {
      if (!isFiles(event)) return;
      event.preventDefault();
      setOver(true);
      // Told over and over while it lasts: silence is leaving.
      clearTimeout(leaving);
      leaving = setTimeout(() => setOver(false), 300);
    };
    const drop = (event: DragEvent) => {
      if (!isFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      setOver(false);
      addDropped(userId, event.dataTransfer.items);
    };
    addEventListener('dragover', drag);
    addEventListener('drop', drop);
    return () => {
      clearTimeout(leaving);
      removeEventListener('dragover', drag);
      removeEventListener('drop', drop);
    };
  }, [userId]);

  function take(input: HTMLInputElement): void {
    addFiles(userId, input.files ?? []);
    // So that the same folder can be chosen again.
    input.value = '';
  }

  return (
    <section className={classes.zone} data-over={over} data-small={small} aria-label="Choose what to upload">
      {small ? (
        <Text size="sm">{over ? 'Let go to add it' : 'Add more: drop it here, or choose'}</Text>
      ) : (
        <>
          <IconUpload size={40} aria-hidden />
          <Text fw={600}>
            {over
              ? 'Let go to look at it'
              : folders
                ? 'Drop a CD, a folder, files or a zip here'
                : 'Choose the files to upload'}
          </Text>
          <Text size="sm" c="dimmed" maw="34rem">
            {folders
              ? 'From a CD or USB stick, choose the whole disc: this page finds the images on it. You see what was found before anything is sent.'
              : 'DICOM files or a zip of them, such as a hospital lets you download. You see what was found before anything is sent.'}
          </Text>
        </>
      )}
      <div className={classes.buttons}>
        {folders && (
          <Button
            variant={small ? 'default' : 'filled'}
            leftSection={<IconFolder size={18} aria-hidden />}
            onClick={() => folder.current?.click()}
          >
            Choose folder
          </Button>
        )}
        <Button
          variant={small || folders ? 'default' : 'filled'}
          leftSection={<IconFiles size={18} aria-hidden />}
          onClick={() => files.current?.click()}
        >
          Choose files or zip
        </Button>
      </div>
      <input
        ref={folder}
        type="file"
        hidden
        aria-label="Folder"
        data-testid="folder"
        {...{ webkitdirectory: '' }}
        onChange={(event) => take(event.currentTarget)}
      />
      <input
        ref={files}
        type="file"
        hidden
        multiple
        aria-label="Files"
        data-testid="files"
        onChange={(event) => take(event.currentTarget)}
      />
    </section>
  );
}
