/** A key and its type (PS3.5 §7.4); 1C and 3 are written where the instance has a value. */
export type RecordKey = readonly [tag: number, type: '1' | '1C' | '2'];

const InstanceNumber = [0x00200013, '1'] as const;
const ContentDate = [0x00080023, '1'] as const;
const ContentTime = [0x00080033, '1'] as const;
/** Only items that modify the title: see `titleModifiers`. */
const ContentSequence = [0x0040a730, '1C'] as const;
const ConceptNameCodeSequence = [0x0040a043, '1'] as const;

/** Content Identification Macro (PS3.3 table 10-12). */
const contentIdentification: readonly RecordKey[] = [
  [0x00700080, '1'], // Content Label
  [0x00700081, '2'], // Content Description
  [0x00700084, '2'], // Content Creator's Name
  InstanceNumber,
];

const content: readonly RecordKey[] = [ContentDate, ContentTime, ...contentIdentification];

/** Record type → its keys, in the order of PS3.3 §F.5. Specific Character Set goes without saying. */
export const recordKeys: Readonly<Record<string, readonly RecordKey[]>> = {
  __proto__: null as never,
  PATIENT: [
    [0x00100010, '2'], // Patient's Name
    [0x00100020, '1'], // Patient ID
  ],
  STUDY: [
    [0x00080020, '1'], // Study Date
    [0x00080030, '1'], // Study Time
    [0x00080050, '2'], // Accession Number
    [0x00081030, '2'], // Study Description
    [0x0020000d, '1'], // Study Instance UID
    [0x00200010, '1'], // Study ID
  ],
  SERIES: [
    [0x00080060, '1'], // Modality
    [0x0020000e, '1'], // Series Instance UID
    [0x00200011, '1'], // Series Number
  ],
  IMAGE: [InstanceNumber],
  'RT DOSE': [
    InstanceNumber,
    [0x3004000a, '1'], // Dose Summation Type
  ],
  'RT STRUCTURE SET': [
    InstanceNumber,
    [0x30060002, '1'], // Structure Set Label
    [0x30060008, '2'], // Structure Set Date
    [0x30060009, '2'], // Structure Set Time
  ],
  'RT PLAN': [
    InstanceNumber,
    [0x300a0002, '1'], // RT Plan Label
    [0x300a0006, '2'], // RT Plan Date
    [0x300a0007, '2'], // RT Plan Time
  ],
  'RT TREAT RECORD': [
    InstanceNumber,
    [0x30080250, '2'], // Treatment Date
    [0x30080251, '2'], // Treatment Time
  ],
  PRESENTATION: [
    [0x00700082, '1'], // Presentation Creation Date
    [0x00700083, '1'], // Presentation Creation Time
    ...contentIdentification,
    [0x00081115, '1C'], // Referenced Series Sequence
    [0x00700402, '1C'], // Blending Sequence
  ],
  WAVEFORM: [ContentDate, ContentTime, InstanceNumber],
  'SR DOCUMENT': [
    ContentDate,
    ContentTime,
    InstanceNumber,
    [0x0040a491, '1'], // Completion Flag
    [0x0040a493, '1'], // Verification Flag
    [0x0040a030, '1C'], // Verification DateTime
    ConceptNameCodeSequence,
    ContentSequence,
  ],
  'KEY OBJECT DOC': [ContentDate, ContentTime, InstanceNumber, ConceptNameCodeSequence, ContentSequence],
  SPECTROSCOPY: [
    [0x00080008, '1'], // Image Type
    ContentDate,
    ContentTime,
    InstanceNumber,
    [0x00089092, '1C'], // Referenced Image Evidence Sequence
    [0x00280008, '1'], // Number of Frames
    [0x00280010, '1'], // Rows
    [0x00280011, '1'], // Columns
    [0x00289001, '1'], // Data Point Rows
    [0x00289002, '1'], // Data Point Columns
  ],
  'RAW DATA': [ContentDate, ContentTime, [0x00200013, '2']],
  REGISTRATION: content,
  FIDUCIAL: content,
  'HANGING PROTOCOL': [
    [0x00720002, '1'], // Hanging Protocol Name
    [0x00720004, '1'], // Hanging Protocol Description
    [0x00720006, '1'], // Hanging Protocol Level
    [0x00720008, '1'], // Hanging Protocol Creator
    [0x0072000a, '1'], // Hanging Protocol Creation DateTime
    [0x0072000c, '1'], // Hanging Protocol Definition Sequence
    [0x0072000e, '2'], // Hanging Protocol User Identification Code Sequence
    [0x00720014, '1'], // Number of Priors Referenced
  ],
  'ENCAP DOC': [
    [0x00080023, '2'], // Content Date
    [0x00080033, '2'], // Content Time
    InstanceNumber,
    [0x0040a043, '2'], // Concept Name Code Sequence
    [0x0040e001, '1C'], // HL7 Instance Identifier
    [0x00420010, '2'], // Document Title
    [0x00420012, '1'], // MIME Type of Encapsulated Document
  ],
  'VALUE MAP': content,
  STEREOMETRIC: [],
  PALETTE: [
    [0x00700080, '1'], // Content Label
    [0x00700081, '2'], // Content Description
  ],
  IMPLANT: [
    [0x00080070, '1'], // Manufacturer
    [0x00221095, '1'], // Implant Name
    [0x00221097, '1'], // Implant Part Number
    [0x00686210, '1C'], // Implant Size
  ],
  'IMPLANT ASSY': [
    [0x00080070, '1'], // Manufacturer
    [0x00760001, '1'], // Implant Assembly Template Name
    [0x00760020, '1'], // Procedure Type Code Sequence
  ],
  'IMPLANT GROUP': [
    [0x00780001, '1'], // Implant Template Group Name
    [0x00780020, '1'], // Implant Template Group Issuer
  ],
  PLAN: [],
  MEASUREMENT: content,
  SURFACE: content,
  'SURFACE SCAN': [ContentDate, ContentTime],
  TRACT: content,
  ASSESSMENT: [
    [0x00080012, '1'], // Instance Creation Date
    [0x00080013, '2'], // Instance Creation Time
    InstanceNumber,
  ],
  RADIOTHERAPY: [
    InstanceNumber,
    [0x00700081, '2'], // Content Description
    [0x00700084, '2'], // Content Creator's Name
    [0x30100033, '1C'], // User Content Label
    [0x30100034, '1C'], // User Content Long Label
  ],
  ANNOTATION: content,
  // Its keys are its writer's own: this one has none.
  PRIVATE: [],
};

/** Where the date and time of a study may be found when its own are empty: of series, acquisition, content. */
export const alternatives: ReadonlyMap<number, readonly number[]> = new Map([
  [0x00080020, [0x00080021, 0x00080022, 0x00080023]],
  [0x00080030, [0x00080031, 0x00080032, 0x00080033]],
]);
