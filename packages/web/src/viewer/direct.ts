import type { Command } from './keys.ts';
import type { Viewport } from './viewport.ts';

/** Does what concerns the picture alone. */
export function direct(viewport: Viewport, command: Command): void {
  if (command.do === 'step') viewport.step(command.by);
  if (command.do === 'go') viewport.goTo(command.to === 'first' ? 0 : viewport.total - 1);
  if (command.do === 'tool') viewport.chooseTool(command.tool);
  if (command.do === 'zoom') viewport.sight.zoomAt(undefined, command.by);
  if (command.do === 'play') viewport.play(!viewport.facts().playing);
  if (command.do === 'reset') viewport.reset();
  if (command.do === 'fit') viewport.sight.fit();
  if (command.do === 'invert') viewport.sight.invert();
  if (command.do === 'turn') viewport.sight.turn();
  if (command.do === 'flip') viewport.sight.flip();
}
