/** Group 0004 by its PS3.6 keywords (PS3.3 §F.3): nothing but a DICOMDIR uses it. */
export const directoryTags = {
  FileSetID: 0x00041130,
  FileSetDescriptorFileID: 0x00041141,
  OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity: 0x00041200,
  OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity: 0x00041202,
  FileSetConsistencyFlag: 0x00041212,
  DirectoryRecordSequence: 0x00041220,
  OffsetOfTheNextDirectoryRecord: 0x00041400,
  RecordInUseFlag: 0x00041410,
  OffsetOfReferencedLowerLevelDirectoryEntity: 0x00041420,
  DirectoryRecordType: 0x00041430,
  PrivateRecordUID: 0x00041432,
  ReferencedFileID: 0x00041500,
  ReferencedSOPClassUIDInFile: 0x00041510,
  ReferencedSOPInstanceUIDInFile: 0x00041511,
  ReferencedTransferSyntaxUIDInFile: 0x00041512,
} as const;

export const mediaStorageDirectoryStorage = '1.2.840.10008.1.3.10';

/** Record In-use Flag (PS3.3 §F.3.2.2): anything but zero is in use. */
export const recordInUse = 0xffff;
