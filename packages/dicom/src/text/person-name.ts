/** The three component groups of one PN value (PS3.5 §6.2.1), without padding; empty strings where absent. */
export type PersonName = { readonly alphabetic: string; readonly ideographic: string; readonly phonetic: string };

export function personName(value: string): PersonName {
  const [alphabetic = '', ideographic = '', phonetic = ''] = value.split('=').map((group) => group.trim());
  return { alphabetic, ideographic, phonetic };
}
