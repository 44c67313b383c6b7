/** What somebody sits in front of. Units: CSS pixels. */
export type Screen = {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly touch: boolean;
};

export const desk: Screen = { name: 'desk', width: 1440, height: 900, touch: false };
export const phone: Screen = { name: 'phone', width: 390, height: 844, touch: true };
/** The narrowest and the widest screen that every page must fit. */
export const screens: readonly Screen[] = [desk, phone];
