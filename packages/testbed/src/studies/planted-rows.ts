import { code, openSequence, type Row, type Sequence, sequence } from '../writing/element.ts';
import type { Planter } from './canary.ts';

/** The levels of a nest, each with a canary: `depth` sequences within each other, in both kinds of length. */
function nest(plant: Planter, depth: number, most = depth): Sequence {
  const level = most - depth + 1;
  const rows: Row[] = [
    ['0008,0080 LO InstitutionName', plant.word(`InstitutionName in an item at depth ${level}`)],
    ['0010,0010 PN PatientName', `${plant.word(`PatientName in an item at depth ${level}`)}^X`],
  ];
  if (depth > 1) rows.push(['0040,A730 SQ ContentSequence', nest(plant, depth - 1, most)]);
  return level % 2 === 0 ? sequence(rows) : openSequence(rows);
}

/** Attributes of PS3.15 Table E.1-1 that hold text, each with a canary as long as its VR allows. */
export function plantedRows(plant: Planter, studyInstanceUid: string): readonly Row[] {
  const long = (keyword: string) => plant.word(keyword);
  const short = (keyword: string) => plant.word(keyword, 16);
  const person = (keyword: string) => `${plant.word(`${keyword} family`)}^${plant.word(`${keyword} given`)}`;
  return [
    ['0008,0050 SH AccessionNumber', short('AccessionNumber')],
    ['0008,0080 LO InstitutionName', long('InstitutionName')],
    ['0008,0081 ST InstitutionAddress', long('InstitutionAddress')],
    ['0008,0090 PN ReferringPhysicianName', person('ReferringPhysicianName')],
    ['0008,0092 ST ReferringPhysicianAddress', long('ReferringPhysicianAddress')],
    ['0008,0094 SH ReferringPhysicianTelephoneNumbers', short('ReferringPhysicianTelephoneNumbers')],
    ['0008,1010 SH StationName', short('StationName')],
    ['0008,1030 LO StudyDescription', long('StudyDescription')],
    ['0008,103E LO SeriesDescription', long('SeriesDescription')],
    ['0008,1040 LO InstitutionalDepartmentName', long('InstitutionalDepartmentName')],
    ['0008,1048 PN PhysiciansOfRecord', `${person('PhysiciansOfRecord 1')}\\${person('PhysiciansOfRecord 2')}`],
    ['0008,1050 PN PerformingPhysicianName', person('PerformingPhysicianName')],
    ['0008,1060 PN NameOfPhysiciansReadingStudy', person('NameOfPhysiciansReadingStudy')],
    ['0008,1070 PN OperatorsName', person('OperatorsName')],
    ['0008,1080 LO AdmittingDiagnosesDescription', long('AdmittingDiagnosesDescription')],
    [
      '0008,1110 SQ ReferencedStudySequence',
      sequence([
        ['0008,1150 UI ReferencedSOPClassUID', '1.2.840.10008.3.1.2.3.1'],
        ['0008,1155 UI ReferencedSOPInstanceUID', studyInstanceUid],
      ]),
    ],
    ['0008,2111 ST DerivationDescription', long('DerivationDescription')],
    ['0010,0020 LO PatientID', long('PatientID')],
    ['0010,0021 LO IssuerOfPatientID', long('IssuerOfPatientID')],
    ['0010,1000 LO OtherPatientIDs', long('OtherPatientIDs')],
    ['0010,1001 PN OtherPatientNames', person('OtherPatientNames')],
    [
      '0010,1002 SQ OtherPatientIDsSequence',
      openSequence([
        ['0010,0020 LO PatientID', plant.word('PatientID in OtherPatientIDsSequence')],
        ['0010,0021 LO IssuerOfPatientID', plant.word('IssuerOfPatientID in OtherPatientIDsSequence')],
      ]),
    ],
    ['0010,1005 PN PatientBirthName', person('PatientBirthName')],
    ['0010,1040 LO PatientAddress', long('PatientAddress')],
    ['0010,1060 PN PatientMotherBirthName', person('PatientMotherBirthName')],
    ['0010,2154 SH PatientTelephoneNumbers', short('PatientTelephoneNumbers')],
    ['0010,2180 SH Occupation', short('Occupation')],
    ['0010,21B0 LT AdditionalPatientHistory', long('AdditionalPatientHistory')],
    ['0010,4000 LT PatientComments', long('PatientComments')],
    ['0018,1000 LO DeviceSerialNumber', long('DeviceSerialNumber')],
    ['0018,1030 LO ProtocolName', long('ProtocolName')],
    ['0020,0010 SH StudyID', short('StudyID')],
    ['0020,4000 LT ImageComments', long('ImageComments')],
    ['0032,1032 PN RequestingPhysician', person('RequestingPhysician')],
    ['0032,1060 LO RequestedProcedureDescription', long('RequestedProcedureDescription')],
    ['0038,0010 LO AdmissionID', long('AdmissionID')],
    ['0038,0300 LO CurrentPatientLocation', long('CurrentPatientLocation')],
    ['0040,0254 LO PerformedProcedureStepDescription', long('PerformedProcedureStepDescription')],
    ['0040,0275 SQ RequestAttributesSequence', openSequence(requestAttributes(plant))],
    ['0040,0555 SQ AcquisitionContextSequence', nest(plant, 5)],
    ['0040,2016 LO PlacerOrderNumberImagingServiceRequest', long('PlacerOrderNumber')],
  ];
}

const requestAttributes = (plant: Planter): readonly Row[] => [
  ['0032,1033 LO RequestingService', plant.word('RequestingService in RequestAttributesSequence')],
  ['0040,0007 LO ScheduledProcedureStepDescription', plant.word('ScheduledProcedureStepDescription at depth 1')],
  [
    '0040,0008 SQ ScheduledProtocolCodeSequence',
    sequence(code('X', '99SYN', plant.word('CodeMeaning in ScheduledProtocolCodeSequence at depth 2'))),
  ],
  ['0040,1001 SH RequestedProcedureID', plant.word('RequestedProcedureID at depth 1', 16)],
];

/** Where programs look last: private blocks, overlays, an icon's own pixel data, and what trails the data set. */
export function plantedCorners(plant: Planter): readonly Row[] {
  const bytes = (field: string) => new TextEncoder().encode(plant.word(field, 64));
  return [
    ['0029,0010 LO PrivateCreator', `${plant.word('private creator', 32)}`],
    ['0029,1001 LO', plant.word('private LO')],
    ['0029,1002 OB', bytes('private OB')],
    ['0029,1003 UN', bytes('private UN')],
    [
      '0029,1004 SQ',
      openSequence([
        ['0029,0010 LO PrivateCreator', 'SYNTHETIC NEST'],
        ['0029,1001 SQ', sequence([['0010,0010 PN PatientName', plant.word('PatientName in a private nest')]])],
      ]),
    ],
    ['6000,0010 US OverlayRows', [64]],
    ['6000,0011 US OverlayColumns', [64]],
    ['6000,0022 LO OverlayDescription', plant.word('OverlayDescription')],
    ['6000,0040 CS OverlayType', 'G'],
    ['6000,0050 SS OverlayOrigin', [1, 1]],
    ['6000,0100 US OverlayBitsAllocated', [1]],
    ['6000,0102 US OverlayBitPosition', [0]],
    ['6000,1500 LO OverlayLabel', plant.word('OverlayLabel')],
    ['6000,3000 OW OverlayData', new TextEncoder().encode(plant.word('OverlayData', 512))],
    ['6000,4000 LT OverlayComments', plant.word('OverlayComments')],
    ['FFFC,FFFC OB DataSetTrailingPadding', bytes('DataSetTrailingPadding')],
  ];
}
