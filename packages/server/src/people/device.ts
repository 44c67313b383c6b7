// The first that is found: Edge and Opera call themselves Chrome, and Chrome calls itself Safari.
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(HeadlessChrome|Chrome|Chromium|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

const firstOf = (all: typeof browsers, agent: string): string | undefined =>
  all.find(([form]) => form.test(agent))?.[1];

/** What a browser says of itself (`User-Agent`), in words for who looks at their sessions; empty where nothing of it is known. */
export function deviceOf(agent: string): string {
  const [browser, system] = [firstOf(browsers, agent), firstOf(systems, agent)];
  if (browser && system) return `${browser} on ${system}`;
  return browser ?? system ?? '';
}
