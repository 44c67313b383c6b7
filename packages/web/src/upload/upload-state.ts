import type {
  EndFacts,
  FromWorker,
  Group,
  LeftEntry,
  LeftGroup,
  Receipts,
  ScanFacts,
  SendFacts,
  StudyFacts,
  StudyProgress,
} from './messages.ts';
import type { Interrupted } from './reload-note.ts';

export type Stage = 'empty' | 'choosing' | 'sending' | 'ended';

/** What the page shows of an upload. The files themselves are with the worker. */
export type UploadState = {
  readonly stage: Stage;
  /** Whose upload it is: nobody else who signs in here is to see it. */
  readonly userId: string | undefined;
  readonly scan: ScanFacts | undefined;
  /** By key. */
  readonly studies: readonly StudyFacts[];
  readonly unchosen: ReadonlySet<number>;
  readonly left: readonly LeftGroup[];
  readonly lists: ReadonlyMap<Group, readonly LeftEntry[]>;
  readonly send: SendFacts | undefined;
  readonly progress: ReadonlyMap<number, StudyProgress>;
  readonly end: EndFacts | undefined;
  readonly receipts: Receipts | undefined;
  /** Of the upload before this page was loaded. */
  readonly interrupted: Interrupted | undefined;
  /** The worker failed: a mistake of ours. */
  readonly broken: boolean;
};

export const emptyState: UploadState = {
  stage: 'empty',
  userId: undefined,
  scan: undefined,
  studies: [],
  unchosen: new Set(),
  left: [],
  lists: new Map(),
  send: undefined,
  progress: new Map(),
  end: undefined,
  receipts: undefined,
  interrupted: undefined,
  broken: false,
};

/** The state after the worker said something; a CSV changes nothing of it. */
export function heard(state: UploadState, message: FromWorker): UploadState {
  switch (message.kind) {
    case 'scan': {
      const studies = message.studies.length === 0 ? state.studies : [...state.studies];
      for (const study of message.studies) (studies as StudyFacts[])[study.key] = study;
      return { ...state, scan: message.scan, studies, left: message.left };
    }
    case 'send': {
      const progress = message.studies.length === 0 ? state.progress : new Map(state.progress);
      for (const study of message.studies) (progress as Map<number, StudyProgress>).set(study.key, study);
      return { ...state, send: message.send, progress };
    }
    case 'ended':
      return { ...state, stage: 'ended', end: message.end, left: message.left, lists: new Map() };
    case 'receipts':
      return { ...state, receipts: message.receipts };
    case 'list': {
      const shown = state.lists.get(message.group) ?? [];
      if (message.from !== shown.length) return state;
      return { ...state, lists: new Map(state.lists).set(message.group, [...shown, ...message.entries]) };
    }
    case 'csv':
      return state;
  }
}

/** What is about to be sent. Units: bytes. */
export type Choice = {
  readonly studies: number;
  readonly images: number;
  readonly bytes: number;
  readonly heldImages: number;
  readonly heldBytes: number;
};

export function chosenStudies({ studies, unchosen }: UploadState): StudyFacts[] {
  return studies.filter(({ key }) => !unchosen.has(key));
}

export function choiceOf(state: UploadState): Choice {
  const choice = { studies: 0, images: 0, bytes: 0, heldImages: 0, heldBytes: 0 };
  for (const study of chosenStudies(state)) {
    choice.studies += 1;
    choice.images += study.images;
    choice.bytes += study.bytes;
    choice.heldImages += study.heldImages;
    choice.heldBytes += study.heldBytes;
  }
  return choice;
}
