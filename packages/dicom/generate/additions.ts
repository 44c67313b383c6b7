/**
 * What PS3.6 has gained or changed between the edition that the package carries (2022a) and 2025e. Held against the dictionaries of
 * pydicom 3.0.2 (2024c) and DCMTK 3.7.0 (2025e); five rows that differ in name alone undo misprints (`in uAs`, `SystemYaw`).
 * The generator says which rows a newer package makes needless.
 *
 * Lines of tag|VR|VM|name|keyword|R; the keyword where the name does not tell it, R where retired.
 */
export const elementAdditions = `00060001|SQ|1|Current Frame Functional Groups Sequence
00080017|UI|1|Acquisition UID
00080019|UI|1|Pyramid UID
0008001C|CS|1|Synthetic Data
00080400|SQ|1|Scope of Inventory Sequence
00080401|LT|1|Inventory Purpose
00080402|LT|1|Inventory Instance Description
00080403|CS|1|Inventory Level
00080404|DT|1|Item Inventory DateTime
00080405|CS|1|Removed from Operational Use
00080406|SQ|1|Reason for Removal Code Sequence
00080407|UR|1|Stored Instance Base URI
00080408|UR|1|Folder Access URI
00080409|UR|1|File Access URI
0008040A|CS|1|Container File Type
0008040B|UR|1|Filename in Container
0008040C|UV|1|File Offset in Container
0008040D|UV|1|File Length in Container
0008040E|UI|1|Stored Instance Transfer Syntax UID
0008040F|CS|1-n|Extended Matching Mechanisms
00080410|SQ|1|Range Matching Sequence
00080411|SQ|1|List of UID Matching Sequence
00080412|SQ|1|Empty Value Matching Sequence
00080413|SQ|1|General Matching Sequence
00080414|US|1|Requested Status Interval
00080415|CS|1|Retain Instances
00080416|DT|1|Expiration DateTime
00080417|CS|1|Transaction Status
00080418|LT|1|Transaction Status Comment
00080419|SQ|1|File Set Access Sequence
0008041A|SQ|1|File Access Sequence
0008041B|OB|1|Record Key
0008041C|OB|1|Prior Record Key
0008041D|SQ|1|Metadata Sequence
0008041E|SQ|1|Updated Metadata Sequence
0008041F|DT|1|Study Update DateTime
00080420|SQ|1|Inventory Access End Points Sequence
00080421|SQ|1|Study Access End Points Sequence
00080422|SQ|1|Incorporated Inventory Instance Sequence
00080423|SQ|1|Inventoried Studies Sequence
00080424|SQ|1|Inventoried Series Sequence
00080425|SQ|1|Inventoried Instances Sequence
00080426|CS|1|Inventory Completion Status
00080427|UL|1|Number of Study Records in Instance
00080428|UV|1|Total Number of Study Records
00080429|UV|1|Maximum Number of Records
00081088|LO|1|Pyramid Description
00081112|SQ|1|Referenced Instances by SOP Class Sequence
0008114C|SQ|1|Referenced Segmentation Sequence
0008114D|SQ|1|Referenced Surface Segmentation Sequence
0008119B|SQ|1|Failed Study Sequence
00081301|SQ|1|Principal Diagnosis Code Sequence
00081302|SQ|1|Primary Diagnosis Code Sequence
00081303|SQ|1|Secondary Diagnoses Code Sequence
00081304|SQ|1|Histological Diagnoses Code Sequence
00089007|CS|4-5|Frame Type
00100011|SQ|1|Person Names to Use Sequence
00100012|LT|1|Name to Use
00100013|UT|1|Name to Use Comment
00100014|SQ|1|Third Person Pronouns Sequence
00100015|SQ|1|Pronoun Code Sequence
00100016|UT|1|Pronoun Comment
00100041|SQ|1|Gender Identity Sequence
00100042|UT|1|Sex Parameters for Clinical Use Category Comment
00100043|SQ|1|Sex Parameters for Clinical Use Category Sequence
00100044|SQ|1|Gender Identity Code Sequence
00100045|UT|1|Gender Identity Comment
00100046|SQ|1|Sex Parameters for Clinical Use Category Code Sequence
00100047|UR|1-n|Sex Parameters for Clinical Use Category Reference
00102160|SH|1|Ethnic Group||R
00102161|SQ|1|Ethnic Group Code Sequence
00102162|UC|1-n|Ethnic Groups
00120022|LO|1|Issuer of Clinical Trial Protocol ID
00120023|SQ|1|Other Clinical Trial Protocol IDs Sequence
00120032|LO|1|Issuer of Clinical Trial Site ID
00120041|LO|1|Issuer of Clinical Trial Subject ID
00120043|LO|1|Issuer of Clinical Trial Subject Reading ID
00120054|SQ|1|Clinical Trial Time Point Type Code Sequence
00120055|LO|1|Issuer of Clinical Trial Time Point ID
00120073|LO|1|Issuer of Clinical Trial Series ID
00140200|SQ|1|Data Element Label Sequence
00140201|SQ|1|Data Element Label Item Sequence
00140202|AT|1|Data Element
00140203|LO|1|Data Element Name
00140204|LO|1|Data Element Description
00140205|CS|1|Data Element Conditionality
00140206|IS|1|Data Element Minimum Characters
00140207|IS|1|Data Element Maximum Characters
00144101|SQ|1|Wave Dimensions Definition Sequence
00144102|US|1|Wave Dimension Number
00144103|LO|1|Wave Dimension Description
00144104|US|1|Wave Dimension Unit
00144105|CS|1|Wave Dimension Value Type
00144106|SQ|1-n|Wave Dimension Values Sequence
00144107|US|1|Referenced Wave Dimension
00144108|SL|1|Integer Numeric Value
00144109|OB|1|Byte Numeric Value
0014410A|OW|1|Short Numeric Value
0014410B|OF|1|Single Precision Floating Point Numeric Value
0014410C|OD|1|Double Precision Floating Point Numeric Value
00146001|SQ|1|Thermal Camera Settings Sequence
00146002|DS|1|Acquisition Frame Rate
00146003|DS|1|Integration Time
00146004|DS|1|Number of Calibration Frames
00146005|DS|1|Number of Rows in Full Acquisition Image
00146006|DS|1|Number of Columns in Full Acquisition Image
00146007|SQ|1|Thermal Source Settings Sequence
00146008|DS|1|Source Horizontal Pitch
00146009|DS|1|Source Vertical Pitch
0014600A|DS|1|Source Horizontal Scan Speed
0014600B|DS|1|Thermal Source Modulation Frequency
0014600C|SQ|1|Induction Source Setting Sequence
0014600D|DS|1|Coil Frequency
0014600E|DS|1|Current Amplitude Across Coil
0014600F|SQ|1|Flash Source Setting Sequence
00146010|DS|1|Flash Duration
00146011|DS|1-n|Flash Frame Number
00146012|SQ|1|Laser Source Setting Sequence
00146013|DS|1|Horizontal Laser Spot Dimension
00146014|DS|1|Vertical Laser Spot Dimension
00146015|DS|1|Laser Wavelength
00146016|DS|1|Laser Power
00146017|SQ|1|Forced Gas Setting Sequence
00146018|SQ|1|Vibration Source Setting Sequence
00146019|DS|1|Vibration Excitation Frequency
0014601A|DS|1|Vibration Excitation Voltage
0014601B|CS|1|Thermography Data Capture Method
0014601C|CS|1|Thermal Technique
0014601D|SQ|1|Thermal Camera Core Sequence
0014601E|CS|1|Detector Wavelength Range
0014601F|CS|1|Thermal Camera Calibration Type
00146020|UV|1|Acquisition Image Counter
00146021|DS|1|Front Panel Temperature
00146022|DS|1|Air Gap Temperature
00146023|DS|1|Vertical Pixel Size
00146024|DS|1|Horizontal Pixel Size
00146025|ST|1-n|Data Streaming Protocol
00146026|SQ|1|Lens Sequence
00146027|DS|1|Field of View
00146028|LO|1|Lens Filter Manufacturer
00146029|CS|1|Cutoff Filter Type
0014602A|DS|1-n|Lens Filter Cut-Off Wavelength
0014602B|SQ|1|Thermal Source Sequence
0014602C|CS|1|Thermal Source Motion State
0014602D|CS|1|Thermal Source Motion Type
0014602E|SQ|1|Induction Heating Sequence
0014602F|ST|1|Coil Configuration ID
00146030|DS|1|Number of Turns in Coil
00146031|CS|1|Shape of Individual Turn
00146032|DS|1-n|Size of Individual Turn
00146033|DS|1-n|Distance Between Turns
00146034|SQ|1|Flash Heating Sequence
00146035|DS|1|Number of Lamps
00146036|ST|1|Flash Synchronization Protocol
00146037|CS|1|Flash Modification Status
00146038|SQ|1|Laser Heating Sequence
00146039|LO|1|Laser Manufacturer
0014603A|LO|1|Laser Model Number
0014603B|ST|1|Laser Type Description
0014603C|SQ|1|Forced Gas Heating Sequence
0014603D|LO|1|Gas Used for Heating/Cooling Part
0014603E|SQ|1|Vibration/Sonic Heating Sequence
0014603F|LO|1|Probe Manufacturer
00146040|LO|1|Probe Model Number
00146041|DS|1|Aperture Size
00146042|DS|1|Probe Resonant Frequency
00146043|UT|1|Heat Source Description
00146044|CS|1|Surface Preparation with Optical Coating
00146045|ST|1|Optical Coating Type
00146046|DS|1|Thermal Conductivity of Exposed Surface
00146047|DS|1|Material Density
00146048|DS|1|Specific Heat of Inspection Surface
00146049|DS|1|Emissivity of Inspection Surface
0014604A|CS|1-n|Electromagnetic Classification of Inspection Surface
0014604C|DS|1|Moving Window Size
0014604D|CS|1|Moving Window Type
0014604E|DS|1-n|Moving Window Weights
0014604F|DS|1|Moving Window Pitch
00146050|CS|1|Moving Window Padding Scheme
00146051|DS|1|Moving Window Padding Length
00146052|SQ|1|Spatial Filtering Parameters Sequence
00146053|CS|1|Spatial Filtering Scheme
00146056|DS|1|Horizontal Moving Window Size
00146057|DS|1|Vertical Moving Window Size
00146059|SQ|1|Polynomial Fitting Sequence
0014605A|CS|1-n|Fitting Data Type
0014605B|CS|1|Operation on Time Axis Before Fitting
0014605C|CS|1|Operation on Pixel Intensity Before Fitting
0014605D|DS|1|Order of Polynomial
0014605E|CS|1|Independent Variable for Polynomial Fit
0014605F|DS|1-n|Polynomial Coefficients
00146060|CS|1|Thermography Pixel Data Unit
00181153|IS|1|Exposure in µAs|ExposureInuAs
00181204|DA|1|Date of Manufacture
00181205|DA|1|Date of Installation
00188150|DS|1|Exposure Time in µS|ExposureTimeInuS
00188151|DS|1|X-Ray Tube Current in µA|XRayTubeCurrentInuA
00189821|SQ|1|Photoacoustic Excitation Characteristics Sequence
00189822|FD|1|Excitation Spectral Width
00189823|FD|1|Excitation Energy
00189824|FD|1|Excitation Pulse Duration
00189825|SQ|1|Excitation Wavelength Sequence
00189826|FD|1|Excitation Wavelength
00189828|CS|1|Illumination Translation Flag
00189829|CS|1|Acoustic Coupling Medium Flag
0018982A|SQ|1|Acoustic Coupling Medium Code Sequence
0018982B|FD|1|Acoustic Coupling Medium Temperature
0018982C|SQ|1|Transducer Response Sequence
0018982D|FD|1|Center Frequency
0018982E|FD|1|Fractional Bandwidth
0018982F|FD|1|Lower Cutoff Frequency
00189830|FD|1|Upper Cutoff Frequency
00189831|SQ|1|Transducer Technology Sequence
00189832|SQ|1|Sound Speed Correction Mechanism Code Sequence
00189833|FD|1|Object Sound Speed
00189834|FD|1|Acoustic Coupling Medium Sound Speed
00189835|SQ|1|Photoacoustic Image Frame Type Sequence
00189836|SQ|1|Image Data Type Code Sequence
00200027|LO|1|Pyramid Label
0022000F|FD|1|Vertex Distance
00221623|FL|1|Ophthalmic Anatomic Reference Point Frame Coordinate
00221627|SQ|1|Ophthalmic En Face Volume Descriptor Sequence
00221629|CS|1|Ophthalmic En Face Volume Descriptor Scope
00221632|SQ|1|Ophthalmic Anatomic Reference Point Sequence
00221633|CS|1|Ophthalmic Anatomic Reference Point Localization Type
00221634|IS|1|Primary Anatomic Structure Item Index
00283001|SQ|1|Variable Modality LUT Sequence
00380004|SQ|1|Referenced Patient Alias Sequence||R
003A0317|CS|1|Waveform Amplifier Type
003A0318|SQ|1|Filter Low Frequency Characteristics Sequence
003A0319|SQ|1|Filter High Frequency Characteristics Sequence
003A0320|SQ|1|Summarized Filter Lookup Table Sequence
003A0321|SQ|1|Notch Filter Characteristics Sequence
003A0322|CS|1|Waveform Filter Type
003A0323|SQ|1|Analog Filter Characteristics Sequence
003A0324|DS|1|Analog Filter Roll Off
003A0325|SQ|1|Analog Filter Type Code Sequence
003A0326|SQ|1|Digital Filter Characteristics Sequence
003A0327|IS|1|Digital Filter Order
003A0328|SQ|1|Digital Filter Type Code Sequence
003A0329|ST|1|Waveform Filter Description
003A032A|SQ|1|Filter Lookup Table Sequence
003A032B|ST|1|Filter Lookup Table Description
003A032C|SQ|1|Frequency Encoding Code Sequence
003A032D|SQ|1|Magnitude Encoding Code Sequence
003A032E|OD|1|Filter Lookup Table Data
0040A034|DT|1|Effective Start DateTime
0040A035|DT|1|Effective Stop DateTime
0040B030|SQ|1|Structured Waveform Annotation Sequence
0040B031|SQ|1|Waveform Annotation Display Selection Sequence
0040B032|US|1|Referenced Montage Index
0040B033|SQ|1|Waveform Textual Annotation Sequence
0040B034|DT|1|Annotation DateTime
0040B035|SQ|1|Displayed Waveform Segment Sequence
0040B036|DT|1|Segment Definition DateTime
0040B037|SQ|1|Montage Activation Sequence
0040B038|DS|1|Montage Activation Time Offset
0040B039|SQ|1|Waveform Montage Sequence
0040B03A|IS|1|Referenced Montage Channel Number
0040B03B|LT|1|Montage Name
0040B03C|SQ|1|Montage Channel Sequence
0040B03D|US|1|Montage Index
0040B03E|IS|1|Montage Channel Number
0040B03F|LO|1|Montage Channel Label
0040B040|SQ|1|Montage Channel Source Code Sequence
0040B041|SQ|1|Contributing Channel Sources Sequence
0040B042|FL|1|Channel Weight
00440110|SQ|1|RT Assertions Sequence
00480114|CS|1|Confocal Mode
00480115|CS|1|Tissue Location
00480116|SQ|1|Confocal Microscopy Image Frame Type Sequence
00480117|FD|1|Image Acquisition Depth
00480304|CS|1|Tiles Overlap
00660005|FL|1|Surface Offset
00700315|SQ|1|Used RT Structure Set ROI Sequence
00701807|US|3|Weighting Lookup Table Descriptor||R
00701808|OB|1|Weighting Lookup Table Data||R
213000A0|SQ|1|Proposed Study Sequence
213000C0|SQ|1|Original Image Sequence
30020100|IS|1|Selected Frame Number
30020101|SQ|1|Selected Frame Functional Groups Sequence
30020102|SQ|1|RT Image Frame General Content Sequence
30020103|SQ|1|RT Image Frame Context Sequence
30020104|SQ|1|RT Image Scope Sequence
30020105|CS|1|Beam Modifier Coordinates Presence Flag
30020106|FD|1|Start Cumulative Meterset
30020107|FD|1|Stop Cumulative Meterset
30020108|SQ|1|RT Acquisition Patient Position Sequence
30020109|SQ|1|RT Image Frame Imaging Device Position Sequence
3002010A|SQ|1|RT Image Frame kV Radiation Acquisition Sequence|RTImageFramekVRadiationAcquisitionSequence
3002010B|SQ|1|RT Image Frame MV Radiation Acquisition Sequence
3002010C|SQ|1|RT Image Frame Radiation Acquisition Sequence
3002010D|SQ|1|Imaging Source Position Sequence
3002010E|SQ|1|Image Receptor Position Sequence
3002010F|FD|16|Device Position to Equipment Mapping Matrix
30020110|SQ|1|Device Position Parameter Sequence
30020111|CS|1|Imaging Source Location Specification Type
30020112|SQ|1|Imaging Device Location Matrix Sequence
30020113|SQ|1|Imaging Device Location Parameter Sequence
30020114|SQ|1|Imaging Aperture Sequence
30020115|CS|1|Imaging Aperture Specification Type
30020116|US|1|Number of Acquisition Devices
30020117|SQ|1|Acquisition Device Sequence
30020118|SQ|1|Acquisition Task Sequence
30020119|SQ|1|Acquisition Task Workitem Code Sequence
3002011A|SQ|1|Acquisition Subtask Sequence
3002011B|SQ|1|Subtask Workitem Code Sequence
3002011C|US|1|Acquisition Task Index
3002011D|US|1|Acquisition Subtask Index
3002011E|SQ|1|Referenced Baseline Parameters RT Radiation Instance Sequence
3002011F|SQ|1|Position Acquisition Template Identification Sequence
30020120|ST|1|Position Acquisition Template ID
30020121|LO|1|Position Acquisition Template Name
30020122|SQ|1|Position Acquisition Template Code Sequence
30020123|LT|1|Position Acquisition Template Description
30020124|SQ|1|Acquisition Task Applicability Sequence
30020125|SQ|1|Projection Imaging Acquisition Parameter Sequence
30020126|SQ|1|CT Imaging Acquisition Parameter Sequence
30020127|SQ|1|KV Imaging Generation Parameters Sequence
30020128|SQ|1|MV Imaging Generation Parameters Sequence
30020129|CS|1|Acquisition Signal Type
3002012A|CS|1|Acquisition Method
3002012B|SQ|1|Scan Start Position Sequence
3002012C|SQ|1|Scan Stop Position Sequence
3002012D|FD|1|Imaging Source to Beam Modifier Definition Plane Distance
3002012E|CS|1|Scan Arc Type
3002012F|CS|1|Detector Positioning Type
30020130|SQ|1|Additional RT Accessory Device Sequence
30020131|SQ|1|Device-Specific Acquisition Parameter Sequence
30020132|SQ|1|Referenced Position Reference Instance Sequence
30020133|SQ|1|Energy Derivation Code Sequence
30020134|FD|1|Maximum Cumulative Meterset Exposure
30020135|SQ|1|Acquisition Initiation Sequence
30020136|SQ|1|RT Cone Beam Imaging Geometry Sequence
30040010|SQ|1|RT Dose ROI Sequence||R
30040016|SQ|1|Recommended Isodose Level Sequence
30040080|SQ|1|Dose Calculation Model Sequence
30040081|SQ|1|Dose Calculation Algorithm Sequence
30040082|CS|1|Commissioning Status
30040083|SQ|1|Dose Calculation Model Parameter Sequence
30040084|CS|1|Dose Deposition Calculation Medium
3006002D|DT|1|ROI DateTime
3006002E|DT|1|ROI Observation DateTime
3006004B|SQ|1|Source Series Sequence
3006004C|SQ|1|Source Series Information Sequence
3006004D|SQ|1|ROI Creator Sequence
3006004E|SQ|1|ROI Interpreter Sequence
3006004F|SQ|1|ROI Observation Context Code Sequence
30060085|SH|1|ROI Observation Label||R
30060088|ST|1|ROI Observation Description||R
3008002B|SH|1|Treatment Termination Code||R
300800A1|SQ|1|Enhanced RT Beam Limiting Device Sequence
300800A2|SQ|1|Enhanced RT Beam Limiting Opening Sequence
300800A3|CS|1|Enhanced RT Beam Limiting Device Definition Flag
300800A4|FD|2-2n|Parallel RT Beam Delimiter Opening Extents
300A0054|UI|1|Table Top Position Alignment UID
300A02EC|CS|1|Compensator Surface Representation Flag
300A039B|FL|1-n|Scan Spot Gantry Angles
300A039C|FL|1-n|Scan Spot Patient Support Angles
300A068B|CS|1|Dose Value Interpretation
300A079F|SQ|1|Patient Treatment Preparation Sequence
300A07A0|SQ|1|Patient to Equipment Relationship Sequence
300A07A1|SQ|1|Imaging Equipment to Treatment Delivery Device Relationship Sequence
300C0129|CS|1|Beam Hold Transition Trigger Source
30100090|CS|1|Robotic Base Location Indicator||R
30100094|FD|1|Radiation Source Coordinate System Yaw Angle
30100095|FD|1|Radiation Source Coordinate System Roll Angle
301000A0|SQ|1|Conceptual Volume Identification Sequence
52009230|SQ|1|Per-Frame Functional Groups Sequence
7FE00003|UV|1|Encapsulated Pixel Data Value Total Length`;

/** The same for table A-1: UID without 1.2.840.10008.|kind|name|keyword|R where retired. */
export const uidAdditions = `1.2.4.100.1|Transfer Syntax|Fragmentable MPEG2 Main Profile / Main Level|MPEG2MPMLF
1.2.4.101.1|Transfer Syntax|Fragmentable MPEG2 Main Profile / High Level|MPEG2MPHLF
1.2.4.102.1|Transfer Syntax|Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1|MPEG4HP41F
1.2.4.103.1|Transfer Syntax|Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1|MPEG4HP41BDF
1.2.4.104.1|Transfer Syntax|Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video|MPEG4HP422DF
1.2.4.105.1|Transfer Syntax|Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video|MPEG4HP423DF
1.2.4.106.1|Transfer Syntax|Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2|MPEG4HP42STEREOF
1.2.4.110|Transfer Syntax|JPEG XL Lossless|JPEGXLLossless
1.2.4.111|Transfer Syntax|JPEG XL JPEG Recompression|JPEGXLJPEGRecompression
1.2.4.112|Transfer Syntax|JPEG XL|JPEGXL
1.2.4.201|Transfer Syntax|High-Throughput JPEG 2000 Image Compression (Lossless Only)|HTJ2KLossless
1.2.4.202|Transfer Syntax|High-Throughput JPEG 2000 with RPCL Options Image Compression (Lossless Only)|HTJ2KLosslessRPCL
1.2.4.203|Transfer Syntax|High-Throughput JPEG 2000 Image Compression|HTJ2K
1.2.4.204|Transfer Syntax|JPIP HTJ2K Referenced|JPIPHTJ2KReferenced
1.2.4.205|Transfer Syntax|JPIP HTJ2K Referenced Deflate|JPIPHTJ2KReferencedDeflate
1.2.8.1|Transfer Syntax|Deflated Image Frame Compression|DeflatedImageFrameCompression
5.1.1.17|Well-known SOP Instance|Printer SOP Instance|PrinterInstance
5.1.1.17.376|Well-known SOP Instance|Printer Configuration Retrieval SOP Instance|PrinterConfigurationRetrievalInstance
5.1.1.25|Well-known SOP Instance|Print Queue SOP Instance|PrintQueueInstance|R
5.1.4.1.1.6.3|SOP Class|Photoacoustic Image Storage|PhotoacousticImageStorage
5.1.4.1.1.9.1.4|SOP Class|General 32-bit ECG Waveform Storage|General32bitECGWaveformStorage
5.1.4.1.1.9.100.1|SOP Class|Waveform Presentation State Storage|WaveformPresentationStateStorage
5.1.4.1.1.9.100.2|SOP Class|Waveform Acquisition Presentation State Storage|WaveformAcquisitionPresentationStateStorage
5.1.4.1.1.11.12|SOP Class|Variable Modality LUT Softcopy Presentation State Storage|VariableModalityLUTSoftcopyPresentationStateStorage
5.1.4.1.1.66.7|SOP Class|Label Map Segmentation Storage|LabelMapSegmentationStorage
5.1.4.1.1.66.8|SOP Class|Height Map Segmentation Storage|HeightMapSegmentationStorage
5.1.4.1.1.77.1.8|SOP Class|Confocal Microscopy Image Storage|ConfocalMicroscopyImageStorage
5.1.4.1.1.77.1.9|SOP Class|Confocal Microscopy Tiled Pyramidal Image Storage|ConfocalMicroscopyTiledPyramidalImageStorage
5.1.4.1.1.88.77|SOP Class|Waveform Annotation SR Storage|WaveformAnnotationSRStorage
5.1.4.1.1.201.1|SOP Class|Inventory Storage|InventoryStorage
5.1.4.1.1.201.1.1|Well-known SOP Instance|Storage Management SOP Instance|StorageManagementInstance
5.1.4.1.1.201.2|SOP Class|Inventory - FIND|InventoryFind
5.1.4.1.1.201.3|SOP Class|Inventory - MOVE|InventoryMove
5.1.4.1.1.201.4|SOP Class|Inventory - GET|InventoryGet
5.1.4.1.1.201.5|SOP Class|Inventory Creation|InventoryCreation
5.1.4.1.1.201.6|SOP Class|Repository Query|RepositoryQuery
5.1.4.1.1.481.23|SOP Class|Enhanced RT Image Storage|EnhancedRTImageStorage
5.1.4.1.1.481.24|SOP Class|Enhanced Continuous RT Image Storage|EnhancedContinuousRTImageStorage
5.1.4.1.1.481.25|SOP Class|RT Patient Position Acquisition Instruction Storage|RTPatientPositionAcquisitionInstructionStorage
5.1.4.1.1.601.3|SOP Class|Thermography Image Storage|ThermographyImageStorage
5.1.4.1.1.601.4|SOP Class|Thermography Multi-frame Image Storage|ThermographyMultiFrameImageStorage
5.1.4.1.1.601.5|SOP Class|Ultrasound Waveform Storage|UltrasoundWaveformStorage`;
