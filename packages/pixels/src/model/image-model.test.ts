import { iccCurve, iccProfile, matrixTags, primaries } from '@symbolon/testbed';
import { describe, expect, test } from 'vitest';
import { dataSet, type Value, words } from '../data-set.fixture.ts';
import { type ImageModel, imageModel, pictureOfFrame, representativeFrame } from '../index.ts';
import { pixelTags as tags } from './pixel-tags.ts';

const native = '1.2.840.10008.1.2.1';
const shorts = (...values: number[]) => new Uint8Array(Int16Array.from(values).buffer);
const item = (values: Readonly<Record<number, Value>>): Value => ['SQ', [dataSet(values)]];

function modelWith(values: Readonly<Record<number, Value>>): ImageModel {
  const image: Readonly<Record<number, Value>> = {
    [tags.SamplesPerPixel]: ['US', words(1)],
    [tags.PhotometricInterpretation]: ['CS', 'MONOCHROME2'],
    [tags.Rows]: ['US', words(4)],
    [tags.Columns]: ['US', words(5)],
    [tags.BitsAllocated]: ['US', words(16)],
  };
  return imageModel(dataSet({ ...image, ...values }), native);
}

describe('the spacing says where it holds', () => {
  const [five, six] = [
    ['DS', '0.5\\0.5'],
    ['DS', '0.6\\0.6'],
  ] as const;
  test.each([
    ['that of a slice, in the patient', { [tags.PixelSpacing]: five }, [0.5, 0.5], 'patient'],
    ['that of a projection, at its detector', { [tags.ImagerPixelSpacing]: six }, [0.6, 0.6], 'detector'],
    [
      'a copy of the detector’s, there too',
      { [tags.PixelSpacing]: six, [tags.ImagerPixelSpacing]: six },
      [0.6, 0.6],
      'detector',
    ],
    [
      'one that was corrected, in the patient',
      { [tags.PixelSpacing]: five, [tags.ImagerPixelSpacing]: six },
      [0.5, 0.5],
      'patient',
    ],
    [
      'one that says how it was calibrated, in the patient',
      {
        [tags.PixelSpacing]: six,
        [tags.ImagerPixelSpacing]: six,
        [tags.PixelSpacingCalibrationType]: ['CS', 'FIDUCIAL'],
      },
      [0.6, 0.6],
      'patient',
    ],
    ['that of a scanner, on the film', { [tags.NominalScannedPixelSpacing]: five }, [0.5, 0.5], 'film'],
    [
      'that of functional groups, in the patient',
      {
        [tags.SharedFunctionalGroupsSequence]: item({
          [tags.PixelMeasuresSequence]: item({ [tags.PixelSpacing]: five }),
        }),
      },
      [0.5, 0.5],
      'patient',
    ],
    ['none at all', {}, null, null],
    ['one of no height, none', { [tags.PixelSpacing]: ['DS', '0\\1'] }, null, null],
    ['one that is no number, none', { [tags.PixelSpacing]: ['DS', 'x\\1'] }, null, null],
  ] as [string, Record<number, Value>, number[] | null, string | null][])('%s', (_, values, spacing, at) => {
    const model = modelWith(values);
    expect([model.spacing, model.spacingAt]).toEqual([spacing, at]);
  });

  test('and pixels are as high as it says, or as their aspect ratio says, and never absurdly high', () => {
    expect(modelWith({ [tags.PixelSpacing]: ['DS', '2\\1'], [tags.PixelAspectRatio]: ['IS', '1\\3'] }).aspect).toBe(2);
    expect(modelWith({ [tags.PixelAspectRatio]: ['IS', '1\\2'] }).aspect).toBe(0.5);
    for (const ratio of ['1\\0', '0\\1', '1\\17', '-1\\1', 'a\\b'])
      expect(modelWith({ [tags.PixelAspectRatio]: ['IS', ratio] }).aspect).toBe(1);
  });
});

describe('frames', () => {
  test('have the plane of the first in functional groups where the image has none', () => {
    const frame = (z: number) =>
      dataSet({ [tags.PlanePositionSequence]: item({ [tags.ImagePositionPatient]: ['DS', `1\\2\\${z}`] }) });
    const groups: Record<number, Value> = {
      [tags.SharedFunctionalGroupsSequence]: item({
        [tags.PlaneOrientationSequence]: item({ [tags.ImageOrientationPatient]: ['DS', '1\\0\\0\\0\\1\\0'] }),
      }),
      [tags.PerFrameFunctionalGroupsSequence]: ['SQ', [frame(3), frame(4)]],
    };
    const { position, orientation } = modelWith(groups);
    expect([position, orientation]).toEqual([
      [1, 2, 3],
      [1, 0, 0, 0, 1, 0],
    ]);
    expect(modelWith({ ...groups, [tags.ImagePositionPatient]: ['DS', '7\\8\\9'] }).position).toEqual([7, 8, 9]);
  });

  test('are shown as fast as is recommended, or as they were acquired; stills are no cine', () => {
    expect(modelWith({ [tags.FrameTime]: ['DS', '33.3'] }).cine).toEqual({ frameMs: 33.3 });
    const both: Record<number, Value> = {
      [tags.FrameTime]: ['DS', '33.3'],
      [tags.RecommendedDisplayFrameRate]: ['IS', '20'],
    };
    expect(modelWith(both).cine).toEqual({ frameMs: 50 });
    expect(modelWith({ [tags.FrameTimeVector]: ['DS', '0\\30\\50\\40'] }).cine).toEqual({ frameMs: 40 });
    expect(modelWith({ [tags.CineRate]: ['IS', '25'] }).cine).toEqual({ frameMs: 40 });
    for (const nonsense of ['0', '-5', 'NaN', '1e300', ''])
      expect(modelWith({ [tags.FrameTime]: ['DS', nonsense] }).cine).toBeNull();
  });

  test('have one that stands for all, where the header names it', () => {
    const model = modelWith({ [tags.NumberOfFrames]: ['IS', '9'], [tags.RepresentativeFrameNumber]: ['US', words(2)] });
    expect(representativeFrame(model)).toBe(1);
    expect(representativeFrame(modelWith({ [tags.NumberOfFrames]: ['IS', '9'] }))).toBe(4);
    const zero = modelWith({ [tags.NumberOfFrames]: ['IS', '9'], [tags.RepresentativeFrameNumber]: ['US', words(0)] });
    expect(representativeFrame(zero)).toBe(4);
  });
});

describe('padding', () => {
  test('has the sign of the pixels, whatever it was written with, and may be a range from either end', () => {
    const signed: Record<number, Value> = { [tags.PixelRepresentation]: ['US', words(1)] };
    expect(modelWith({ ...signed, [tags.PixelPaddingValue]: ['US', words(0xf830)] }).padding).toEqual({
      from: -2000,
      to: -2000,
    });
    expect(modelWith({ [tags.PixelPaddingValue]: ['SS', shorts(-1)] }).padding).toEqual({ from: 65_535, to: 65_535 });
    const range: Record<number, Value> = {
      [tags.PixelPaddingValue]: ['US', words(4095)],
      [tags.PixelPaddingRangeLimit]: ['US', words(4000)],
    };
    expect(modelWith(range).padding).toEqual({ from: 4000, to: 4095 });
  });

  test('of floating point has elements of its own, and is no NaN', () => {
    const float = (value: number) => new Uint8Array(Float32Array.of(value).buffer);
    const wide: Record<number, Value> = { [tags.BitsAllocated]: ['US', words(32)] };
    const value = Math.fround(-1e30);
    expect(modelWith({ ...wide, [tags.FloatPixelPaddingValue]: ['FL', float(value)] }).padding).toEqual({
      from: value,
      to: value,
    });
    expect(modelWith({ ...wide, [tags.FloatPixelPaddingValue]: ['FL', float(Number.NaN)] }).padding).toBeUndefined();
    expect(modelWith({ ...wide, [tags.PixelPaddingValue]: ['US', words(0)] }).padding).toBeUndefined();
    const double: Record<number, Value> = {
      [tags.BitsAllocated]: ['US', words(64)],
      [tags.DoubleFloatPixelPaddingValue]: ['FD', new Uint8Array(Float64Array.of(1e-300).buffer)],
    };
    expect(modelWith(double).padding).toEqual({ from: 1e-300, to: 1e-300 });
  });
});

test.each([
  ['MONOCHROME1', undefined, true],
  ['MONOCHROME1', 'INVERSE', true],
  ['MONOCHROME1', 'IDENTITY', false],
  ['MONOCHROME2', undefined, false],
  ['MONOCHROME2', 'INVERSE', true],
  ['MONOCHROME2', 'LIN OD', false],
])('%s with a presentation LUT shape of %s is turned round: %s', (photometric, shape, inverse) => {
  const said: Record<number, Value> = shape === undefined ? {} : { [tags.PresentationLUTShape]: ['CS', shape] };
  const model = modelWith({ [tags.PhotometricInterpretation]: ['CS', photometric], ...said });
  expect(model.presentation).toEqual({ inverse });
});

test('colours of some values of a grey image count where it says that it is to be seen in colours', () => {
  const palette = Object.fromEntries(
    [0x281101, 0x281102, 0x281103].flatMap((tag): [number, Value][] => [
      [tag, ['US', words(2, 100, 16)]],
      [tag + 0x100, ['OW', words(0x1000, 0x2000)]],
    ]),
  );
  expect(modelWith({ ...palette, [tags.PixelPresentation]: ['CS', 'COLOR'] }).supplement?.red).toEqual(
    Uint8Array.of(16, 32),
  );
  expect(modelWith({ ...palette, [tags.PixelPresentation]: ['CS', 'MONOCHROME'] }).supplement).toBeUndefined();
  expect(modelWith(palette).colour).toBe(false);
});

describe('the profile of colours', () => {
  const colours: Record<number, Value> = {
    [tags.SamplesPerPixel]: ['US', words(3)],
    [tags.PhotometricInterpretation]: ['CS', 'RGB'],
    [tags.BitsAllocated]: ['US', words(8)],
  };
  const profileOf = (gamma: number) => iccProfile(matrixTags(primaries.srgb, iccCurve([gamma * 256])));

  test('is that of the image, or of its first optical path', () => {
    const own = modelWith({ ...colours, [tags.ICCProfile]: ['OB', profileOf(1)] });
    expect(own.colourProfile?.linear[51]).toBeCloseTo(0.2, 6);
    const path = modelWith({
      ...colours,
      [tags.OpticalPathSequence]: item({ [tags.ICCProfile]: ['OB', profileOf(2)] }),
    });
    expect(pictureOfFrame(path, 0).colourProfile?.linear[51]).toBeCloseTo(0.04, 6);
  });

  test('is none where it is none, is larger than a megabyte, or where the picture is grey', () => {
    const large = (bytes: number) => {
      const profile = new Uint8Array(bytes);
      profile.set(profileOf(1));
      return modelWith({ ...colours, [tags.ICCProfile]: ['OB', profile] }).colourProfile;
    };
    expect(modelWith({ ...colours, [tags.ICCProfile]: ['OB', new Uint8Array(200)] }).colourProfile).toBeUndefined();
    expect(large(2 ** 20)).toBeDefined();
    expect(large(2 ** 20 + 2)).toBeUndefined();
    expect(modelWith({ [tags.ICCProfile]: ['OB', profileOf(1)] }).colourProfile).toBeUndefined();
  });

  test('can be handed to a worker as it is, and keeps nothing of the file', () => {
    const picture = pictureOfFrame(modelWith({ ...colours, [tags.ICCProfile]: ['OB', profileOf(1)] }), 0);
    expect(structuredClone(picture)).toEqual(picture);
    expect(picture.colourProfile?.linear.buffer.byteLength).toBe(3 * 256 * 8);
  });
});

test('what a picture is made by can be handed to a worker as it is', () => {
  const model = modelWith({
    [tags.ShutterShape]: ['CS', 'CIRCULAR'],
    [tags.CenterOfCircularShutter]: ['IS', '2\\2'],
    [tags.RadiusOfCircularShutter]: ['IS', '2'],
    [tags.PresentationLUTShape]: ['CS', 'INVERSE'],
  });
  const picture = pictureOfFrame(model, 0);
  expect(picture.shutter).toBeDefined();
  expect(structuredClone(picture)).toEqual(picture);
});
