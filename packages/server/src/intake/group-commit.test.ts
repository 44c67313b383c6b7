import { describe, expect, test } from 'vitest';
import type { SignedIn } from '../access/index.ts';
import { ByteBudget } from '../platform/byte-budget.ts';
import { packsOfSeries } from './commit.ts';
import { RefusalOfSome } from './errors.ts';
import { GroupCommit, type Outcome, type Waiting } from './group-commit.ts';

const actor = { accountId: 'account' } as SignedIn;

function waiting(series: string, sha256: string, bytes = 1, of = { study: '1', patient: '' }): Waiting {
  const patient = of.patient === '' ? {} : { '00100020': { vr: 'LO', Value: [of.patient] } };
  const instance = {
    studyInstanceUid: of.study,
    sopInstanceUid: sha256,
    seriesInstanceUid: series,
    sha256,
    bytes,
    patient,
  };
  return { actor, instance } as unknown as Waiting;
}

const taken = ({ instance }: Waiting): Outcome => ({ kind: 'taken', sha256: instance.sha256 });
const seriesOf = (group: readonly Waiting[]): string[] => group.map(({ instance }) => instance.seriesInstanceUid);
const never = (): boolean => false;

/** A commit that ends when it is told to. */
function held() {
  const groups: (readonly Waiting[])[] = [];
  const ends: (() => void)[] = [];
  const commit = async (group: readonly Waiting[]): Promise<Outcome[]> => {
    groups.push(group);
    await new Promise<void>((end) => ends.push(end));
    return group.map(taken);
  };
  const next = async (): Promise<void> => {
    while (ends.length === 0) await new Promise((turn) => setImmediate(turn));
    ends.shift()?.();
  };
  return { groups, commit, next };
}

describe('group commit', () => {
  test('groups grow with what waits: the second commit takes all that came during the first', async () => {
    const { groups, commit, next } = held();
    const queue = new GroupCommit(commit, never);
    const first = queue.add(waiting('1', 'a'));
    await new Promise((turn) => setTimeout(turn, 5));
    const others = ['b', 'c', 'd', 'e'].map((sha256) => queue.add(waiting('1', sha256)));
    await next();
    expect(await first).toEqual({ kind: 'taken', sha256: 'a' });
    await next();
    expect((await Promise.all(others)).map(({ sha256 }) => sha256)).toEqual(['b', 'c', 'd', 'e']);
    expect(groups.map((group) => group.length)).toEqual([1, 4]);
  });

  test('what is refused of a group spoils none of the others, be they of its series', async () => {
    const asked: string[] = [];
    const queue = new GroupCommit(async (group) => {
      asked.push(group.map(({ instance }) => instance.sha256).join(''));
      const refused = group.map(({ instance }) => instance).filter(({ sha256 }) => 'bd'.includes(sha256));
      // Of two the second is told from the first only when it is judged alone.
      const some = new Set(refused.slice(0, 1));
      if (some.size > 0) throw new RefusalOfSome('STORE_FAILED', 'not now', some);
      return group.map(taken);
    }, never);
    const all = await Promise.allSettled(['a', 'b', 'c', 'd'].map((sha256) => queue.add(waiting('1', sha256))));
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    expect(asked).toEqual(['abcd', 'acd', 'ac']);
    const alone = new GroupCommit(async ([only]) => {
      throw new RefusalOfSome('STORE_FAILED', 'not now', new Set([only!.instance]));
    }, never);
    await expect(alone.add(waiting('1', 'a'))).rejects.toMatchObject({ code: 'STORE_FAILED' });
  });

  test('an outcome is given out only when the commit has returned', async () => {
    const { commit, next } = held();
    const queue = new GroupCommit(commit, never);
    let answered = false;
    const outcome = queue.add(waiting('1', 'a')).then(() => {
      answered = true;
    });
    await new Promise((turn) => setTimeout(turn, 10));
    expect(answered).toBe(false);
    await next();
    await outcome;
    expect(answered).toBe(true);
  });

  test('a series that fails does not spoil the others of its group', async () => {
    const tried: string[][] = [];
    const queue = new GroupCommit(async (group) => {
      tried.push(seriesOf(group));
      if (seriesOf(group).includes('bad')) throw new Error('this series cannot be kept');
      return group.map(taken);
    }, never);
    const results = await Promise.allSettled(
      [waiting('1', 'a'), waiting('bad', 'b'), waiting('2', 'c'), waiting('1', 'd')].map((one) => queue.add(one)),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(tried).toEqual([['1', 'bad', '2', '1'], ['1', '1'], ['bad'], ['2']]);
  });

  test('when the database is away all fail at once, and nothing is tried again', async () => {
    let tries = 0;
    const queue = new GroupCommit(
      async () => {
        tries += 1;
        throw new Error('away');
      },
      () => true,
    );
    const results = await Promise.allSettled(['1', '2', '3'].map((series) => queue.add(waiting(series, series))));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(tries).toBe(1);
    await queue.idle();
  });

  test('it goes on after a failure', async () => {
    let broken = true;
    const queue = new GroupCommit(async (group) => {
      if (broken) throw new Error('broken');
      return group.map(taken);
    }, never);
    await expect(queue.add(waiting('1', 'a'))).rejects.toThrow('broken');
    broken = false;
    expect(await queue.add(waiting('1', 'b'))).toEqual({ kind: 'taken', sha256: 'b' });
  });

  test('what is added by whoever just got an outcome is committed too', async () => {
    const queue = new GroupCommit(async (group) => group.map(taken), never);
    for (let turns = 0; turns < 12; turns += 1) {
      await queue.add(waiting('1', 'a'));
      // The moment at which a run ends lies some turns of the microtask queue after the outcome.
      for (let i = 0; i < turns; i += 1) await undefined;
      expect(await queue.add(waiting('1', 'b'))).toEqual({ kind: 'taken', sha256: 'b' });
    }
  });

  test('one commit takes at most 256 MiB and 4,096 instances, and always at least one', async () => {
    const sizes: number[] = [];
    const queue = new GroupCommit(async (group) => {
      sizes.push(group.length);
      return group.map(taken);
    }, never);
    const mib = 1024 * 1024;
    await Promise.all([300, 200, 56, 1].map((size) => queue.add(waiting('1', String(size), size * mib))));
    await Promise.all(Array.from({ length: 5000 }, (_, at) => queue.add(waiting('1', String(at)))));
    expect(sizes).toEqual([1, 2, 1, 4096, 904]);
  });
});

test('a commit locks a thousand studies and patients at most, however small their instances are', async () => {
  const { groups, commit, next } = held();
  const queue = new GroupCommit(commit, never);
  const batch = queue.batch({ short: false });
  const sent = Array.from({ length: 1023 }, (_, at) =>
    batch.add(waiting('1', `${at}`, 1, { study: `${at}`, patient: `${at}` })),
  );
  // Of a study that the first commit locks anyhow there is room for more.
  sent.push(batch.add(waiting('1', 'same', 1, { study: '0', patient: '0' })));
  batch.end();
  for (let ended = 0; ended < 3; ended += 1) await next();
  await Promise.all(sent);
  expect(groups.map((group) => group.length)).toEqual([501, 500, 23]);
});

describe('what one request sends', () => {
  const mib = 1024 * 1024;
  const ample = { short: false };
  function sizes() {
    const groups: number[] = [];
    const queue = new GroupCommit(async (group) => {
      groups.push(group.length);
      return group.map(taken);
    }, never);
    return { groups, queue };
  }

  test('is one commit at its end, and others do not wait for it', async () => {
    const { groups, queue } = sizes();
    const batch = queue.batch(ample);
    const sent = ['a', 'b', 'c'].map((sha256) => batch.add(waiting('1', sha256)));
    expect(await queue.add(waiting('1', 'd'))).toMatchObject({ sha256: 'd' });
    expect(groups).toEqual([1]);
    batch.end();
    expect((await Promise.all(sent)).map(({ sha256 }) => sha256)).toEqual(['a', 'b', 'c']);
    expect(groups).toEqual([1, 3]);
    expect(await batch.add(waiting('1', 'late'))).toMatchObject({ sha256: 'late' });
  });

  test('is made durable as it comes where it is long: 16 MiB or 1,024 instances at a time', async () => {
    const { groups, queue } = sizes();
    const batch = queue.batch(ample);
    await Promise.all(['a', 'b'].map((sha256) => batch.add(waiting('1', sha256, 8 * mib))));
    await Promise.all(Array.from({ length: 1024 }, (_, at) => batch.add(waiting('1', `${at}`))));
    expect(groups).toEqual([2, 1024]);
    batch.end();
  });

  test('waits no longer once an image half of it is stored, which no pack names yet: a day later it would be swept', async () => {
    const { groups, queue } = sizes();
    const batch = queue.batch(ample);
    const first = batch.add(waiting('1', 'a'));
    const { actor, instance } = waiting('1', 'b');
    const stored = { ...instance, storedImage: {} } as unknown as Waiting['instance'];
    // Neither is asked for at the end of the request, which does not come.
    await Promise.all([first, batch.add({ actor, instance: stored })]);
    expect(groups).toEqual([2]);
    batch.end();
  });

  test('waits for its commits before more of it is read, where they are two thousand instances behind', async () => {
    const committing = Promise.withResolvers<void>();
    const queue = new GroupCommit(async (group) => {
      await committing.promise;
      return group.map(taken);
    }, never);
    const batch = queue.batch(ample);
    let read = 0;
    const reading = (async () => {
      for (; read < 5000; read += 1) {
        void batch.add(waiting('1', `${read}`));
        await batch.room();
      }
    })();
    for (let turn = 0; turn < 3; turn += 1) await new Promise((next) => setImmediate(next));
    expect(read).toBe(2047);
    committing.resolve();
    await reading;
    expect(read).toBe(5000);
    batch.end();
    await queue.idle();
  });

  test('is handed over where others begin to wait for the memory that it holds', async () => {
    const { queue } = sizes();
    const budget = new ByteBudget(100, () => queue.handOver());
    const send = async (batch: { add(waiting: Waiting): Promise<Outcome> }, sha256: string): Promise<void> => {
      const holding = budget.open();
      await holding.take(60);
      void batch.add(waiting('1', sha256, 60)).then(() => holding.release());
    };
    const [one, other] = [queue.batch(budget), queue.batch(budget)];
    for (const name of ['a', 'b', 'c', 'd']) await Promise.all([send(one, `1${name}`), send(other, `2${name}`)]);
    one.end();
    other.end();
    await queue.idle();
    expect(budget.short).toBe(false);
  });
});

describe('what shares a study or a patient with a running commit', () => {
  const turns = (): Promise<void> => new Promise((done) => setTimeout(done, 5));
  const of = (study: string, patient: string, name: string) => waiting(study, name, 1, { study, patient });

  test('is not overtaken by what came later, again and again, where it waits for two', async () => {
    const { commit, next } = held();
    const queue = new GroupCommit(commit, never);
    const ofPatient = (name: string) => of(name, 'p', name);
    const ofStudy = (name: string) => of('s', name, name);
    let waited = true;
    const all = [queue.add(ofPatient('first of patient'))];
    await turns();
    all.push(queue.add(ofStudy('first of study')));
    await turns();
    const both = queue.add(of('s', 'p', 'of both')).then((outcome) => {
      waited = false;
      return outcome;
    });
    all.push(both);
    for (let round = 0; waited && round < 20; round += 1) {
      all.push(queue.add(round % 2 === 0 ? ofPatient(`${round}`) : ofStudy(`${round}`)));
      await next();
      await turns();
    }
    expect(waited).toBe(false);
    const done = Promise.all(all);
    let ended = false;
    done.finally(() => {
      ended = true;
    });
    while (!ended) await Promise.race([next(), done]);
  });

  test('waits for it and is in the next, while others are committed beside it', async () => {
    const { groups, commit, next } = held();
    const queue = new GroupCommit(commit, never);
    const all = [queue.add(of('1', 'a', 'first'))];
    await turns();
    for (const one of [of('1', 'a', 'same study'), of('2', 'a', 'same patient'), of('3', 'b', 'other')])
      all.push(queue.add(one));
    await turns();
    const names = () => groups.map((group) => group.map(({ instance }) => instance.sha256));
    expect(names()).toEqual([['first'], ['other']]);
    await next();
    await turns();
    expect(names()).toEqual([['first'], ['other'], ['same study', 'same patient']]);
    await next();
    await next();
    await Promise.all(all);
  });

  test('is nobody of another account, and no patient without an id', async () => {
    const { groups, commit, next } = held();
    const queue = new GroupCommit(commit, never);
    const another = { ...of('1', 'a', 'theirs'), actor: { accountId: 'another' } as SignedIn };
    const all = [queue.add(of('1', 'a', 'ours'))];
    await turns();
    all.push(queue.add(another));
    await turns();
    expect(groups).toHaveLength(2);
    for (const _ of all) await next();
    await Promise.all(all);
    const [one, two] = [queue.add(of('4', '', 'nameless')), turns().then(() => queue.add(of('5', '', 'nameless too')))];
    await turns();
    await turns();
    expect(groups).toHaveLength(4);
    await next();
    await next();
    await Promise.all([one, two]);
  });
});

describe('the packs of a series', () => {
  const mib = 1024 * 1024;
  const cut = (...sizes: number[]): number[][] =>
    packsOfSeries(sizes.map((bytes) => ({ bytes }))).map((pack) => pack.map(({ bytes }) => bytes / mib));

  test('hold at most 64 MiB, in the order in which the instances came', () => {
    expect(cut(32 * mib, 32 * mib, mib, 63 * mib, mib)).toEqual([[32, 32], [1, 63], [1]]);
  });

  test('hold at most 1,024 instances', () => {
    expect(cut(...Array.from({ length: 2049 }, () => 1)).map((pack) => pack.length)).toEqual([1024, 1024, 1]);
  });

  test('a larger instance is a pack of its own', () => {
    expect(cut(mib, 500 * mib, mib, mib)).toEqual([[1], [500], [1, 1]]);
  });

  test('of nothing there are none', () => {
    expect(cut()).toEqual([]);
  });
});
