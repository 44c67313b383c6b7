import { framePath, type StudyRoad } from '@symbolon/client';
import type { Wish } from './picture-loader.ts';
import { decodedBytes, type PictureSize, pictureSizes } from './picture-size.ts';
import type { Place } from './stack.ts';
import { askedWindow, nameOfChoice, type WindowChoice } from './window-choice.ts';

/** Names a place whatever it is rendered with. */
export function placeName({ image, frame }: Place): string {
  return `${image.id}/${frame}`;
}

function keyOf(place: Place, choice: WindowChoice, size: PictureSize): string {
  return `${placeName(place)}/${place.image.colour ? 'own0' : nameOfChoice(choice)}/${size}`;
}

export function isOfChoice(key: string, choice: WindowChoice): boolean {
  return key.split('/')[2] === nameOfChoice(choice);
}

/** The keys under which a picture of a place may be, the best first: as asked for, then larger, then smaller. */
export function keysOf(place: Place, choice: WindowChoice, size: PictureSize): string[] {
  const at = pictureSizes.indexOf(size);
  const order = [...pictureSizes.slice(0, at + 1).reverse(), ...pictureSizes.slice(at + 1)];
  return order.map((one) => keyOf(place, choice, one));
}

export function wishFor(road: StudyRoad, place: Place, choice: WindowChoice, size: PictureSize): Wish {
  return {
    key: keyOf(place, choice, size),
    place: placeName(place),
    bytes: decodedBytes(place.image, size),
    url: () =>
      framePath(road, place.image.id, place.frame, {
        ...askedWindow(place.image, choice),
        ...(size === 'full' ? {} : { size }),
      }),
  };
}
