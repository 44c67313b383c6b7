import { useSyncExternalStore } from 'react';
import { readNote } from './reload-note.ts';
import { emptyState, type UploadState } from './upload-state.ts';

/**
 * The one upload of this page. It stands outside of any component, so that it goes on while one looks at other pages,
 * and is light, so that the first page can show how far it is.
 */
let state: UploadState = { ...emptyState, interrupted: readNote(sessionStorage) };
const listeners = new Set<() => void>();

export function uploadState(): UploadState {
  return state;
}

export function changeUpload(change: (before: UploadState) => UploadState): void {
  const after = change(state);
  if (after === state) return;
  state = after;
  for (const tell of listeners) tell();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useUpload(): UploadState {
  return useSyncExternalStore(subscribe, uploadState);
}
