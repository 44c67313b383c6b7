import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const petrol: MantineColorsTuple = [
  '#eaf6f9',
  '#d8ebf0',
  '#aed6e1',
  '#81c0d1',
  '#5daec4',
  '#47a2bb',
  '#3a9cb7',
  '#1d7288',
  '#146479',
  '#0b4a5b',
];

export const theme = createTheme({
  colors: { petrol },
  primaryColor: 'petrol',
  // Shades on which white text, and which on white, has more than 4.5 to 1 (WCAG 2.1, 1.4.3).
  primaryShade: { light: 8, dark: 7 },
  autoContrast: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  defaultRadius: 'sm',
  respectReducedMotion: true,
  headings: { fontWeight: '600' },
});

/** Where Mantine's own greys and reds are too faint to read: WCAG 2.1 AA wants 4.5 to 1 for text, 3 to 1 for borders. */
export const readable: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#566069',
    '--mantine-color-placeholder': '#68727b',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
    '--mantine-color-text': '#1d2429',
    // Words on a field of the same colour: notices and badges.
    '--mantine-color-yellow-light-color': '#6b4e00',
    '--mantine-color-orange-light-color': '#8a3406',
    '--mantine-color-red-light-color': '#a51111',
    '--mantine-color-green-light-color': '#1b5e2a',
    '--mantine-color-teal-light-color': '#06604a',
    '--mantine-color-blue-light-color': '#0b4f9e',
  },
  dark: {
    '--mantine-color-dimmed': '#a9b1b8',
    '--mantine-color-placeholder': '#8f979e',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
    // Mantine's own is a field of deep red behind a sentence or two.
    '--mantine-color-red-light': '#3d2222',
    '--mantine-color-yellow-light': '#3a3015',
    '--mantine-color-anchor': 'var(--mantine-color-petrol-3)',
  },
});
