import { useMediaQuery } from '@mantine/hooks';
import type { ClientError, StudyRoad } from '@symbolon/client';
import type { SeriesRow, StudyAnswer } from '@symbolon/contract';
import { useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { direct } from './direct.ts';
import { failureOf } from './failure.ts';
import { type Command, commandOf } from './keys.ts';
import { Overlay } from './overlay.tsx';
import { SeriesStrip } from './series-strip.tsx';
import { firstSeries, seriesName } from './series-words.ts';
import type { Stack } from './stack.ts';
import { Stage } from './stage.tsx';
import './styles.ts';
import { Toolbar } from './toolbar.tsx';
import { useFact } from './use-facts.ts';
import { imagesKey, useSeriesImages } from './use-series-images.ts';
import { useSpaceAbove } from './use-space-above.ts';
import { useViewport } from './use-viewport.ts';
import { useWholeScreen } from './use-whole-screen.ts';
import classes from './viewer.module.css';
import type { Viewport } from './viewport.ts';
import { ctPresets } from './window.ts';

type StudyViewProps = {
  readonly road: StudyRoad;
  readonly study: StudyAnswer;
  /** Nobody may look at this study here any more; the viewer has emptied itself. */
  readonly onEnded?: (error: ClientError) => void;
  /** The image that is looked at is another now, or none. */
  readonly onImage?: (image: ImageInSeries | null) => void;
};

export type ImageInSeries = { readonly imageId: string; readonly words: string };

/** The viewer: every picture comes rendered from the exchange, and nothing is installed or kept. */
export function StudyView({ road: given, study, onEnded, onImage }: StudyViewProps) {
  const [kind, id] = 'studyId' in given ? (['studyId', given.studyId] as const) : (['linkId', given.linkId] as const);
  const road = useMemo<StudyRoad>(() => (kind === 'studyId' ? { studyId: id } : { linkId: id }), [kind, id]);
  const queryClient = useQueryClient();
  const [over, setOver] = useState(false);
  const [seriesId, setSeriesId] = useState(() => firstSeries(study.series)?.id);
  const index = study.series.findIndex((one) => one.id === seriesId);
  const series: SeriesRow | undefined = study.series[index];
  const end = (error: ClientError): void => {
    if (over) return;
    setOver(true);
    queryClient.removeQueries({ queryKey: [imagesKey, road] });
    onEnded?.(error);
  };
  const viewport = useViewport(road, end);
  const { stack, error, retry } = useSeriesImages(road, over ? undefined : series);
  const failure = error === null ? undefined : failureOf(error);
  const endedByList = useEffectEvent((reason: ClientError) => {
    viewport?.close();
    end(reason);
  });
  const listEnded = failure?.kind === 'ended' ? failure.error : undefined;
  useEffect(() => {
    if (listEnded !== undefined) endedByList(listEnded);
  }, [listEnded]);
  useShownSeries(viewport, stack, seriesId, series === undefined ? '' : seriesName(series, index));

  const root = useRef<HTMLDivElement>(null);
  useSpaceAbove(root);
  const [text, setText] = useState(true);
  const [help, setHelp] = useState(false);
  const { full, toggle, leave } = useWholeScreen();
  const narrow = useMediaQuery('(max-width: 47.99em)', false, { getInitialValueInEffect: false });

  const run = (command: Command): void => {
    if (viewport === undefined) return;
    if (command.do === 'series') {
      const next = study.series[index + command.by];
      if (next !== undefined) setSeriesId(next.id);
    } else if (command.do === 'preset') {
      const preset = ctPresets.find(({ key }) => key === command.key);
      if (preset === undefined || series?.modality !== 'CT') return;
      viewport.chooseWindow({ kind: 'set', window: { center: preset.center, width: preset.width } });
    } else if (command.do === 'text') setText(!text);
    else if (command.do === 'help') setHelp(!help);
    else if (command.do === 'fullscreen') toggle();
    else if (command.do === 'escape') leave();
    else direct(viewport, command);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const target = event.target as HTMLElement;
    // What stands in a menu, or is being typed, is not meant for the picture. Events of portals come here too.
    if (!event.currentTarget.contains(target) || target.matches('input, select, textarea')) return;
    if (event.key === ' ' && target.matches('button')) return;
    const command = commandOf(event);
    if (command === undefined) return;
    if (command.do !== 'escape') event.preventDefault();
    run(command);
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys come up from whatever has the focus in it
    <div ref={root} className={classes.viewer} data-full={full} onKeyDown={onKeyDown}>
      {viewport !== undefined && !over && (
        <>
          <Toolbar
            viewport={viewport}
            modality={series?.modality}
            narrow={narrow}
            text={text}
            full={full}
            help={help}
            run={run}
          />
          <SeriesStrip road={road} series={study.series} current={seriesId} onChoose={setSeriesId} />
          <Stage viewport={viewport}>
            {onImage !== undefined && (
              <TellImage
                viewport={viewport}
                series={series === undefined ? '' : seriesName(series, index)}
                to={onImage}
              />
            )}
            {text && <Overlay viewport={viewport} study={study} series={series} />}
            <p className={classes.notDiagnostic}>Not for diagnostic use</p>
            {failure?.kind === 'refused' && (
              <div className={classes.problem}>
                <ProblemNotice error={error} onRetry={retry} />
              </div>
            )}
          </Stage>
        </>
      )}
    </div>
  );
}

type TellImageProps = {
  readonly viewport: Viewport;
  readonly series: string;
  readonly to: (image: ImageInSeries | null) => void;
};

/** Draws nothing: a component of its own, so that the viewer is not drawn anew with every image. */
function TellImage({ viewport, series, to }: TellImageProps) {
  const imageId = useFact(viewport, ({ place }) => place?.image.id ?? null);
  const number = useFact(viewport, ({ wanted }) => wanted + 1);
  const tell = useEffectEvent(to);
  useEffect(() => {
    tell(imageId === null ? null : { imageId, words: `image ${number} of ${series}` });
  }, [imageId, number, series]);
  return null;
}

/** Hands the viewport what is to be seen, and comes back to where one was in a series. */
function useShownSeries(viewport: Viewport | undefined, stack: Stack, id: string | undefined, name: string): void {
  const opened = useRef<{ readonly viewport: Viewport; readonly id: string }>(undefined);
  const left = useRef(new Map<string, number>());
  useEffect(() => {
    if (viewport === undefined || id === undefined) return;
    const before = opened.current;
    if (before?.viewport === viewport && before.id === id) return viewport.grow(stack);
    if (before !== undefined) left.current.set(before.id, before.viewport.index);
    opened.current = { viewport, id };
    viewport.open(stack, name, left.current.get(id) ?? 0);
  }, [viewport, stack, id, name]);
}
