import { paths, studyPaths } from '@symbolon/contract';

/** A route of the REST API whose answer is a file, which no schema says. */
export type FileRoute = { readonly says: string; readonly type: string };

const archive: FileRoute = {
  says: 'The files of a study as they were sent, in one zip: a DICOM file set with its DICOMDIR (PS3.12 Annex V), streamed.',
  type: 'application/zip',
};

/** By method and path; a test holds them against the routes that are wired. */
export const fileRoutes: Readonly<Record<string, FileRoute>> = {
  [`GET ${paths.study}${studyPaths.archive}`]: archive,
  [`GET ${paths.sharedStudy}${studyPaths.archive}`]: archive,
};
