import './styles.ts';
import { Dialog } from './dialog.tsx';
import { PlaceHold } from './place-hold.tsx';

type HoldDialogProps = { readonly studyId: string; readonly opened: boolean; readonly onClose: () => void };

/** Places a hold on a study or on its patient. */
export function HoldDialog({ studyId, opened, onClose }: HoldDialogProps) {
  return (
    <Dialog title="Hold" opened={opened} onClose={onClose}>
      <PlaceHold studyId={studyId} onDone={onClose} />
    </Dialog>
  );
}
