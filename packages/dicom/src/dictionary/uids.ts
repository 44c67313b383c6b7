/** Names of PS3.6 table A-1 that people meet: transfer syntaxes, storage and service classes. The dictionary package has none. */
const lines = `1.1|Verification SOP Class
1.2|Implicit VR Little Endian
1.2.1|Explicit VR Little Endian
1.2.1.98|Encapsulated Uncompressed Explicit VR Little Endian
1.2.1.99|Deflated Explicit VR Little Endian
1.2.2|Explicit VR Big Endian (Retired)
1.2.4.50|JPEG Baseline (Process 1)
1.2.4.51|JPEG Extended (Process 2 & 4)
1.2.4.53|JPEG Spectral Selection, Non-Hierarchical (Process 6 & 8) (Retired)
1.2.4.55|JPEG Full Progression, Non-Hierarchical (Process 10 & 12) (Retired)
1.2.4.57|JPEG Lossless, Non-Hierarchical (Process 14)
1.2.4.70|JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14 [Selection Value 1])
1.2.4.80|JPEG-LS Lossless Image Compression
1.2.4.81|JPEG-LS Lossy (Near-Lossless) Image Compression
1.2.4.90|JPEG 2000 Image Compression (Lossless Only)
1.2.4.91|JPEG 2000 Image Compression
1.2.4.92|JPEG 2000 Part 2 Multi-component Image Compression (Lossless Only)
1.2.4.93|JPEG 2000 Part 2 Multi-component Image Compression
1.2.4.94|JPIP Referenced
1.2.4.95|JPIP Referenced Deflate
1.2.4.100|MPEG2 Main Profile / Main Level
1.2.4.100.1|Fragmentable MPEG2 Main Profile / Main Level
1.2.4.101|MPEG2 Main Profile / High Level
1.2.4.101.1|Fragmentable MPEG2 Main Profile / High Level
1.2.4.102|MPEG-4 AVC/H.264 High Profile / Level 4.1
1.2.4.102.1|Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1
1.2.4.103|MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1
1.2.4.103.1|Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1
1.2.4.104|MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video
1.2.4.104.1|Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video
1.2.4.105|MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video
1.2.4.105.1|Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video
1.2.4.106|MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2
1.2.4.106.1|Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2
1.2.4.107|HEVC/H.265 Main Profile / Level 5.1
1.2.4.108|HEVC/H.265 Main 10 Profile / Level 5.1
1.2.4.110|JPEG XL Lossless
1.2.4.111|JPEG XL JPEG Recompression
1.2.4.112|JPEG XL
1.2.4.201|High-Throughput JPEG 2000 Image Compression (Lossless Only)
1.2.4.202|High-Throughput JPEG 2000 with RPCL Options Image Compression (Lossless Only)
1.2.4.203|High-Throughput JPEG 2000 Image Compression
1.2.4.204|JPIP HTJ2K Referenced
1.2.4.205|JPIP HTJ2K Referenced Deflate
1.2.5|RLE Lossless
1.2.8.1|Deflated Image Frame Compression
1.3.10|Media Storage Directory Storage
1.20.1|Storage Commitment Push Model SOP Class
1.20.1.1|Storage Commitment Push Model SOP Instance
5.1.4.1.1.1|Computed Radiography Image Storage
5.1.4.1.1.1.1|Digital X-Ray Image Storage - For Presentation
5.1.4.1.1.1.1.1|Digital X-Ray Image Storage - For Processing
5.1.4.1.1.1.2|Digital Mammography X-Ray Image Storage - For Presentation
5.1.4.1.1.1.2.1|Digital Mammography X-Ray Image Storage - For Processing
5.1.4.1.1.1.3|Digital Intra-Oral X-Ray Image Storage - For Presentation
5.1.4.1.1.1.3.1|Digital Intra-Oral X-Ray Image Storage - For Processing
5.1.4.1.1.2|CT Image Storage
5.1.4.1.1.2.1|Enhanced CT Image Storage
5.1.4.1.1.2.2|Legacy Converted Enhanced CT Image Storage
5.1.4.1.1.3.1|Ultrasound Multi-frame Image Storage
5.1.4.1.1.4|MR Image Storage
5.1.4.1.1.4.1|Enhanced MR Image Storage
5.1.4.1.1.4.2|MR Spectroscopy Storage
5.1.4.1.1.4.3|Enhanced MR Color Image Storage
5.1.4.1.1.4.4|Legacy Converted Enhanced MR Image Storage
5.1.4.1.1.6.1|Ultrasound Image Storage
5.1.4.1.1.6.2|Enhanced US Volume Storage
5.1.4.1.1.7|Secondary Capture Image Storage
5.1.4.1.1.7.1|Multi-frame Single Bit Secondary Capture Image Storage
5.1.4.1.1.7.2|Multi-frame Grayscale Byte Secondary Capture Image Storage
5.1.4.1.1.7.3|Multi-frame Grayscale Word Secondary Capture Image Storage
5.1.4.1.1.7.4|Multi-frame True Color Secondary Capture Image Storage
5.1.4.1.1.9.1.1|12-lead ECG Waveform Storage
5.1.4.1.1.9.1.2|General ECG Waveform Storage
5.1.4.1.1.9.1.3|Ambulatory ECG Waveform Storage
5.1.4.1.1.9.2.1|Hemodynamic Waveform Storage
5.1.4.1.1.11.1|Grayscale Softcopy Presentation State Storage
5.1.4.1.1.11.2|Color Softcopy Presentation State Storage
5.1.4.1.1.11.3|Pseudo-Color Softcopy Presentation State Storage
5.1.4.1.1.11.4|Blending Softcopy Presentation State Storage
5.1.4.1.1.12.1|X-Ray Angiographic Image Storage
5.1.4.1.1.12.1.1|Enhanced XA Image Storage
5.1.4.1.1.12.2|X-Ray Radiofluoroscopic Image Storage
5.1.4.1.1.12.2.1|Enhanced XRF Image Storage
5.1.4.1.1.13.1.1|X-Ray 3D Angiographic Image Storage
5.1.4.1.1.13.1.2|X-Ray 3D Craniofacial Image Storage
5.1.4.1.1.13.1.3|Breast Tomosynthesis Image Storage
5.1.4.1.1.20|Nuclear Medicine Image Storage
5.1.4.1.1.30|Parametric Map Storage
5.1.4.1.1.66|Raw Data Storage
5.1.4.1.1.66.1|Spatial Registration Storage
5.1.4.1.1.66.2|Spatial Fiducials Storage
5.1.4.1.1.66.3|Deformable Spatial Registration Storage
5.1.4.1.1.66.4|Segmentation Storage
5.1.4.1.1.66.5|Surface Segmentation Storage
5.1.4.1.1.66.6|Tractography Results Storage
5.1.4.1.1.67|Real World Value Mapping Storage
5.1.4.1.1.77.1.1|VL Endoscopic Image Storage
5.1.4.1.1.77.1.1.1|Video Endoscopic Image Storage
5.1.4.1.1.77.1.2|VL Microscopic Image Storage
5.1.4.1.1.77.1.3|VL Slide-Coordinates Microscopic Image Storage
5.1.4.1.1.77.1.4|VL Photographic Image Storage
5.1.4.1.1.77.1.4.1|Video Photographic Image Storage
5.1.4.1.1.77.1.5.1|Ophthalmic Photography 8 Bit Image Storage
5.1.4.1.1.77.1.5.2|Ophthalmic Photography 16 Bit Image Storage
5.1.4.1.1.77.1.5.4|Ophthalmic Tomography Image Storage
5.1.4.1.1.77.1.6|VL Whole Slide Microscopy Image Storage
5.1.4.1.1.88.11|Basic Text SR Storage
5.1.4.1.1.88.22|Enhanced SR Storage
5.1.4.1.1.88.33|Comprehensive SR Storage
5.1.4.1.1.88.34|Comprehensive 3D SR Storage
5.1.4.1.1.88.50|Mammography CAD SR Storage
5.1.4.1.1.88.59|Key Object Selection Document Storage
5.1.4.1.1.88.65|Chest CAD SR Storage
5.1.4.1.1.88.67|X-Ray Radiation Dose SR Storage
5.1.4.1.1.88.68|Radiopharmaceutical Radiation Dose SR Storage
5.1.4.1.1.104.1|Encapsulated PDF Storage
5.1.4.1.1.104.2|Encapsulated CDA Storage
5.1.4.1.1.104.3|Encapsulated STL Storage
5.1.4.1.1.128|Positron Emission Tomography Image Storage
5.1.4.1.1.128.1|Legacy Converted Enhanced PET Image Storage
5.1.4.1.1.130|Enhanced PET Image Storage
5.1.4.1.1.481.1|RT Image Storage
5.1.4.1.1.481.2|RT Dose Storage
5.1.4.1.1.481.3|RT Structure Set Storage
5.1.4.1.1.481.4|RT Beams Treatment Record Storage
5.1.4.1.1.481.5|RT Plan Storage
5.1.4.1.1.481.8|RT Ion Plan Storage
5.1.4.1.2.1.1|Patient Root Query/Retrieve Information Model - FIND
5.1.4.1.2.1.2|Patient Root Query/Retrieve Information Model - MOVE
5.1.4.1.2.1.3|Patient Root Query/Retrieve Information Model - GET
5.1.4.1.2.2.1|Study Root Query/Retrieve Information Model - FIND
5.1.4.1.2.2.2|Study Root Query/Retrieve Information Model - MOVE
5.1.4.1.2.2.3|Study Root Query/Retrieve Information Model - GET
5.1.4.31|Modality Worklist Information Model - FIND`;

let names: Map<string, string> | undefined;

/** The standard's name of one of its UIDs, or `undefined`. */
export function uidName(uid: string): string | undefined {
  names ??= new Map(
    lines.split('\n').map((line) => {
      const [suffix, name] = line.split('|') as [string, string];
      return [`1.2.840.10008.${suffix}`, name];
    }),
  );
  return names.get(uid);
}
