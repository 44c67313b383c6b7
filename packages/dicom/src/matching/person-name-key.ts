import { foldText } from '../text/fold.ts';
import { hasWildcard, wildcard } from './wildcard.ts';

/** Person names, by component group and without regard to case and accents (PS3.4 §C.2.2.2.1.1, §C.2.2.2.4; PS3.5 §6.2.1). */

/** The component groups of a name as they are compared: folded, without blanks around components and carets of empty ones at the end. */
export function nameGroups(name: string): string[] {
  return name.split('=').map((group) => {
    const components = foldText(group)
      .split('^')
      .map((component) => component.trim());
    while (components.length > 1 && components.at(-1) === '') components.pop();
    return components.join('^');
  });
}

/** A name of delimiters alone is an empty one. */
export function isEmptyName(name: string): boolean {
  return /^[\s\0^=]*$/.test(name);
}

/** What a key of component groups asks: one group may be any of the name's, several are compared one by one, empty ones not. */
export function readNameKey(key: string): (groups: readonly string[]) => boolean {
  const wanted = nameGroups(key).map(readGroup);
  const [first] = wanted;
  if (wanted.length === 1) return (groups) => groups.some((group) => first!(group));
  return (groups) => wanted.every((matches, index) => matches(groups[index] ?? ''));
}

function readGroup(key: string): (group: string) => boolean {
  if (key === '') return () => true;
  if (!hasWildcard(key)) return (group) => group === key;
  const matches = wildcard(key);
  const carets = caretsIn(key);
  return (group) => {
    if (matches(group)) return true;
    // SMITH^* also means the Smith who has no given name: SMITH and SMITH^ are one name.
    const missing = carets - caretsIn(group);
    return missing > 0 && matches(group + '^'.repeat(missing));
  };
}

function caretsIn(group: string): number {
  return group.split('^').length - 1;
}
