import { code, openSequence, type Row, sequence } from '../writing/element.ts';

/** What is the same in every slice of one CT series: General Series, Equipment, Frame of Reference, CT Image. */
export function ctSeriesRows(uid: (label: string) => string, series: number): readonly Row[] {
  return [
    ['0008,0016 UI SOPClassUID', '1.2.840.10008.5.1.4.1.1.2'],
    ['0008,0008 CS ImageType', 'ORIGINAL\\PRIMARY\\AXIAL\\CT_SOM5 SPI'],
    ['0008,0021 DA SeriesDate', '20240311'],
    ['0008,0031 TM SeriesTime', '101612.345000'],
    ['0008,0060 CS Modality', 'CT'],
    ['0008,0070 LO Manufacturer', 'Symbolon Testbed'],
    ['0008,0081 ST InstitutionAddress', 'Ringstraße 1\r\n12345 Musterstadt'],
    ['0008,1010 SH StationName', 'CTAWP73165'],
    ['0008,1032 SQ ProcedureCodeSequence', sequence(code('24627-2', 'LN', 'CT Chest'))],
    ['0008,103E LO SeriesDescription', `Thorax axial ${series}`],
    ['0008,1040 LO InstitutionalDepartmentName', 'Radiologie II'],
    ['0008,1048 PN PhysiciansOfRecord', 'Weiß^Greta^^Prof.\\Stein^Ida'],
    ['0008,1050 PN PerformingPhysicianName', 'Brandt^Otto'],
    ['0008,1060 PN NameOfPhysiciansReadingStudy', 'Lindgren^Åsa'],
    ['0008,1070 PN OperatorsName', 'Fischer^Uwe'],
    ['0008,1080 LO AdmittingDiagnosesDescription', 'V.a. Pneumonie'],
    ['0008,1090 LO ManufacturerModelName', 'Synth 64'],
    [
      '0008,1110 SQ ReferencedStudySequence',
      sequence([
        ['0008,1150 UI ReferencedSOPClassUID', '1.2.840.10008.3.1.2.3.1'],
        ['0008,1155 UI ReferencedSOPInstanceUID', uid('study component')],
      ]),
    ],
    ['0008,1140 SQ ReferencedImageSequence', openSequence(...[1, 2].map((n) => referencedImage(uid(`scout ${n}`))))],
    ['0010,1010 AS PatientAge', '057Y'],
    ['0010,1020 DS PatientSize', '1.72'],
    ['0010,1030 DS PatientWeight', '74.5'],
    ['0010,1040 LO PatientAddress', 'Am Markt 5, 12345 Musterstadt'],
    ['0010,2154 SH PatientTelephoneNumbers', '+49 30 5550100'],
    ['0010,21B0 LT AdditionalPatientHistory', 'Husten seit drei Wochen.\r\nRaucher.'],
    ['0010,4000 LT PatientComments', 'Kein Metall.'],
    ['0018,0010 LO ContrastBolusAgent', 'Iodixanol 320'],
    ['0018,0015 CS BodyPartExamined', 'CHEST'],
    ['0018,0022 CS ScanOptions', 'HELICAL MODE'],
    ['0018,0050 DS SliceThickness', '1.5'],
    ['0018,0060 DS KVP', '120'],
    ['0018,0090 DS DataCollectionDiameter', '500'],
    ['0018,1000 LO DeviceSerialNumber', '73165'],
    ['0018,1020 LO SoftwareVersions', 'syn 1.0\\recon 7'],
    ['0018,1030 LO ProtocolName', 'Thorax Routine'],
    ['0018,1040 LO ContrastBolusRoute', 'Oral & I.V.'],
    ['0018,1041 DS ContrastBolusVolume', '80'],
    ['0018,1100 DS ReconstructionDiameter', '380'],
    ['0018,1110 DS DistanceSourceToDetector', '1040'],
    ['0018,1111 DS DistanceSourceToPatient', '570'],
    ['0018,1120 DS GantryDetectorTilt', '0'],
    ['0018,1130 DS TableHeight', '151.5'],
    ['0018,1140 CS RotationDirection', 'CW'],
    ['0018,1150 IS ExposureTime', '500'],
    ['0018,1151 IS XRayTubeCurrent', '210'],
    ['0018,1152 IS Exposure', '105'],
    ['0018,1160 SH FilterType', 'FLAT'],
    ['0018,1170 IS GeneratorPower', '36'],
    ['0018,1190 DS FocalSpots', '1.2'],
    ['0018,1200 DA DateOfLastCalibration', '20240310'],
    ['0018,1201 TM TimeOfLastCalibration', '053000'],
    ['0018,1210 SH ConvolutionKernel', 'B40f'],
    ['0018,5100 CS PatientPosition', 'FFS'],
    ['0018,9306 FD SingleCollimationWidth', [0.6]],
    ['0018,9307 FD TotalCollimationWidth', [38.4]],
    ['0018,9311 FD SpiralPitchFactor', [1.1]],
    ['0018,9345 FD CTDIvol', [7.25]],
    ['0020,0011 IS SeriesNumber', String(series)],
    ['0020,0012 IS AcquisitionNumber', '2'],
    ['0020,0052 UI FrameOfReferenceUID', uid('frame of reference')],
    ['0020,1040 LO PositionReferenceIndicator', ''],
    ['0032,1032 PN RequestingPhysician', 'Hauser^Ilse'],
    ['0032,1060 LO RequestedProcedureDescription', 'CT Thorax'],
    ['0040,0244 DA PerformedProcedureStepStartDate', '20240311'],
    ['0040,0245 TM PerformedProcedureStepStartTime', '101500'],
    ['0040,0253 SH PerformedProcedureStepID', 'PPS0001'],
    ['0040,0254 LO PerformedProcedureStepDescription', 'Thorax'],
    ['0040,0275 SQ RequestAttributesSequence', openSequence(requestAttributes)],
    ['0040,1001 SH RequestedProcedureID', 'RP0001'],
  ];
}

const referencedImage = (sopInstanceUid: string): readonly Row[] => [
  ['0008,1150 UI ReferencedSOPClassUID', '1.2.840.10008.5.1.4.1.1.2'],
  ['0008,1155 UI ReferencedSOPInstanceUID', sopInstanceUid],
];

/** Lengths of both kinds within each other: an undefined sequence, its item, and defined ones inside. */
const requestAttributes: readonly Row[] = [
  ['0040,0007 LO ScheduledProcedureStepDescription', 'CT Thorax'],
  ['0040,0008 SQ ScheduledProtocolCodeSequence', sequence(code('CTTHX', '99SYN', 'CT Thorax Routine'))],
  ['0040,0009 SH ScheduledProcedureStepID', 'SPS0001'],
  ['0040,1001 SH RequestedProcedureID', 'RP0001'],
];

/** Image Plane and Image Pixel: what changes from slice to slice stands in `ctSliceRows`. */
export function pixelRows(rows: number, columns: number): readonly Row[] {
  return [
    ['0020,0037 DS ImageOrientationPatient', '1\\0\\0\\0\\1\\0'],
    ['0028,0002 US SamplesPerPixel', [1]],
    ['0028,0004 CS PhotometricInterpretation', 'MONOCHROME2'],
    ['0028,0010 US Rows', [rows]],
    ['0028,0011 US Columns', [columns]],
    ['0028,0030 DS PixelSpacing', '0.7421875\\0.7421875'],
    ['0028,0100 US BitsAllocated', [16]],
    ['0028,0101 US BitsStored', [12]],
    ['0028,0102 US HighBit', [11]],
    ['0028,0103 US PixelRepresentation', [0]],
    ['0028,0106 US SmallestImagePixelValue', [0]],
    ['0028,0107 US LargestImagePixelValue', [1600]],
    ['0028,1050 DS WindowCenter', '40\\-600'],
    ['0028,1051 DS WindowWidth', '400\\1200'],
    ['0028,1052 DS RescaleIntercept', '-1024'],
    ['0028,1053 DS RescaleSlope', '1'],
    ['0028,1054 LO RescaleType', 'HU'],
    ['0028,1055 LO WindowCenterWidthExplanation', 'WINDOW1\\WINDOW2'],
  ];
}

export function ctSliceRows(sopInstanceUid: string, slice: number): readonly Row[] {
  const seconds = (30 + slice * 0.11).toFixed(6).padStart(9, '0');
  const z = (-120.5 + slice * 1.5).toFixed(2);
  return [
    ['0008,0018 UI SOPInstanceUID', sopInstanceUid],
    ['0008,0012 DA InstanceCreationDate', '20240311'],
    ['0008,0013 TM InstanceCreationTime', '101701.000000'],
    ['0008,0022 DA AcquisitionDate', '20240311'],
    ['0008,0023 DA ContentDate', '20240311'],
    ['0008,0032 TM AcquisitionTime', `1016${slice * 0.11 < 29 ? seconds : '59.000000'}`],
    ['0008,0033 TM ContentTime', `1016${slice * 0.11 < 29 ? seconds : '59.000000'}`],
    ['0020,0013 IS InstanceNumber', String(slice + 1)],
    ['0020,0032 DS ImagePositionPatient', `-190\\-190\\${z}`],
    ['0020,1041 DS SliceLocation', z],
    ['0020,4000 LT ImageComments', `Bild ${slice + 1}`],
  ];
}
