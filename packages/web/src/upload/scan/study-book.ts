import type { Patient, StudyFacts } from '../messages.ts';
import { samePatient } from '../show/patients.ts';
import type { Facts } from './facts.ts';

type Study = {
  readonly key: number;
  readonly known: boolean;
  readonly patient: Patient;
  mixed: boolean;
  readonly date: string;
  readonly description: string;
  readonly modalities: Set<string>;
  readonly series: Set<string>;
  images: number;
  bytes: number;
  heldImages: number;
  heldBytes: number;
};

const nobody: Patient = { name: '', id: '', birthDate: '' };

/** Sorts files into their studies. Keys are numbers of our own: no UID leaves this book. Units: bytes. */
export class StudyBook {
  readonly #byUid = new Map<string, Study>();
  readonly #studies: Study[] = [];
  readonly #changed = new Set<Study>();

  /** Answers the study's key. Files whose header cannot be read here are one study by themselves. */
  add(facts: Facts | undefined, bytes: number): number {
    const uid = facts?.studyUid ?? '';
    let study = this.#byUid.get(uid);
    if (study === undefined) {
      study = {
        key: this.#studies.length,
        known: facts !== undefined,
        patient: facts?.patient ?? nobody,
        mixed: false,
        date: facts?.date ?? '',
        description: facts?.description ?? '',
        modalities: new Set(),
        series: new Set(),
        images: 0,
        bytes: 0,
        heldImages: 0,
        heldBytes: 0,
      };
      this.#byUid.set(uid, study);
      this.#studies.push(study);
    }
    if (facts !== undefined) {
      study.mixed ||= !samePatient(facts.patient, study.patient);
      if (facts.modality !== '') study.modalities.add(facts.modality);
      study.series.add(facts.seriesUid);
    }
    study.images += 1;
    study.bytes += bytes;
    this.#changed.add(study);
    return study.key;
  }

  held(key: number, bytes: number): void {
    const study = this.#studies[key];
    if (study === undefined) return;
    study.heldImages += 1;
    study.heldBytes += bytes;
    this.#changed.add(study);
  }

  /** Those that changed since this was asked last. */
  takeChanged(): StudyFacts[] {
    const changed = [...this.#changed].map(factsFor);
    this.#changed.clear();
    return changed;
  }
}

function factsFor({ modalities, series, ...study }: Study): StudyFacts {
  return { ...study, modalities: [...modalities].sort(), series: series.size };
}
