import { z } from 'zod';

/** A window on the modality's values (PS3.3 C.11.2): `center` and `width` after the modality transform. */
export const voiWindow = z.object({ name: z.string(), center: z.number(), width: z.number().positive() });
export type VoiWindow = z.infer<typeof voiWindow>;

/**
 * One instance of a series as a viewer needs it. `id` names it in addresses and tells nothing of it. `windows`: those that
 * the header gives, the first is what a frame is shown with when none is asked for; empty for colour. `unit` of the
 * values, such as `HU`. `spacing`: millimetres between rows and between columns. `frameMs`: how long one frame of a
 * cine stands, where the header says so. `refusal`: why no frame can be shown.
 */
export const image = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  number: z.int().nullable(),
  frames: z.int(),
  rows: z.int(),
  columns: z.int(),
  colour: z.boolean(),
  windows: z.array(voiWindow),
  unit: z.string(),
  spacing: z.tuple([z.number(), z.number()]).nullable(),
  frameMs: z.number().positive().nullable(),
  lossy: z.boolean(),
  refusal: z.string().nullable(),
});
export type Image = z.infer<typeof image>;

/** A page of a series' images, in the order in which they are looked at; `next` is the `after` of the page that follows. */
export const imagesAnswer = z.object({ images: z.array(image), next: z.string().nullable() });
export type ImagesAnswer = z.infer<typeof imagesAnswer>;

export const imagesQuery = z.object({ after: z.coerce.number().int().min(0).default(0) });

/** The functions of PS3.3 §C.11.2 by which a window is applied, as DICOMweb names them. */
export const voiFunctions = ['linear', 'linear-exact', 'sigmoid'] as const;

/**
 * How a frame is to be shown: a window other than its own (`center` and `width` go together; `function`: by which of the VOI
 * functions, where not by the one that the header wants), inverted, without the graphics over it (`overlays=false`), a `region` of it alone (left, top, width and height in the
 * rows and columns that the list of images gives), and no edge longer than `size` pixels. The answer is a JPEG of `quality`,
 * or with `format=png` a PNG.
 */
export const frameQuery = z
  .object({
    center: z.coerce.number().min(-1e9).max(1e9).optional(),
    width: z.coerce.number().positive().max(1e9).optional(),
    function: z.enum(voiFunctions).optional(),
    invert: z.stringbool().default(false),
    overlays: z.stringbool().default(true),
    region: z
      .string()
      .regex(
        /^(0|[1-9]\d{0,4}),(0|[1-9]\d{0,4}),[1-9]\d{0,4},[1-9]\d{0,4}$/,
        'four whole numbers with commas between: left, top, width and height in pixels, such as 0,0,256,128',
      )
      .optional(),
    size: z.coerce.number().int().min(16).max(8192).optional(),
    format: z.enum(['jpeg', 'png']).default('jpeg'),
    quality: z.coerce.number().int().min(1).max(100).optional(),
  })
  .refine(({ center, width }) => (center === undefined) === (width === undefined), 'center and width go together')
  .refine(
    (asked) => asked.function === undefined || asked.center !== undefined,
    'function says how a window is applied: give center and width, too',
  )
  .refine(
    ({ quality, format }) => quality === undefined || format === 'jpeg',
    'quality is of a JPEG: leave it out, or ask for format=jpeg',
  );
export type FrameQuery = z.infer<typeof frameQuery>;
