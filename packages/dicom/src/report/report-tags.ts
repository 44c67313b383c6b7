/** The elements of structured reports, by their PS3.6 keywords, in the order of PS3.3 §C.17.2 and §C.17.3. */
export const reportTags = {
  // SR Document General Module, Table C.17-2
  PreliminaryFlag: 0x0040a496,
  CompletionFlag: 0x0040a491,
  CompletionFlagDescription: 0x0040a492,
  VerificationFlag: 0x0040a493,
  VerifyingObserverSequence: 0x0040a073,
  VerifyingObserverName: 0x0040a075,
  VerifyingOrganization: 0x0040a027,
  VerificationDateTime: 0x0040a030,
  AuthorObserverSequence: 0x0040a078,
  PersonName: 0x0040a123,
  PredecessorDocumentsSequence: 0x0040a360,
  // Document Relationship Macro, Table C.17-6
  ObservationDateTime: 0x0040a032,
  ContentSequence: 0x0040a730,
  RelationshipType: 0x0040a010,
  ReferencedContentItemIdentifier: 0x0040db73,
  // Document Content Macro, Table C.17-5
  ValueType: 0x0040a040,
  ConceptNameCodeSequence: 0x0040a043,
  DateTime: 0x0040a120,
  Date: 0x0040a121,
  Time: 0x0040a122,
  UID: 0x0040a124,
  TextValue: 0x0040a160,
  ConceptCodeSequence: 0x0040a168,
  // Numeric Measurement Macro, Table C.18.1-1
  MeasuredValueSequence: 0x0040a300,
  NumericValue: 0x0040a30a,
  FloatingPointValue: 0x0040a161,
  MeasurementUnitsCodeSequence: 0x004008ea,
  NumericValueQualifierCodeSequence: 0x0040a301,
  // Composite, Image and Waveform Reference Macros, Tables C.18.3-1, C.18.4-1, C.18.5-1
  ReferencedFrameNumber: 0x00081160,
  ReferencedSegmentNumber: 0x0062000b,
  ReferencedWaveformChannels: 0x0040a0b0,
  // Spatial and Temporal Coordinates Macros, Tables C.18.6-1, C.18.7-1, C.18.9-1
  GraphicData: 0x00700022,
  GraphicType: 0x00700023,
  TemporalRangeType: 0x0040a130,
  ReferencedSamplePositions: 0x0040a132,
  ReferencedTimeOffsets: 0x0040a138,
  ReferencedDateTime: 0x0040a13a,
  // Code Sequence Macro, Table 8.8-1
  CodeValue: 0x00080100,
  CodingSchemeDesignator: 0x00080102,
  CodeMeaning: 0x00080104,
  LongCodeValue: 0x00080119,
  URNCodeValue: 0x00080120,
} as const;
