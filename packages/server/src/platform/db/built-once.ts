import type { Compilable, CompiledQuery } from 'kysely';
import type { Database, Trx } from './database.ts';

/** Stands in a statement for the value that it is asked with. */
class Place {
  readonly at: number;
  constructor(at: number) {
    this.at = at;
  }
}

/**
 * A statement that nearly every request asks, built at its first use: building and spelling it each time took a tenth of the CPU of a small
 * answer. `build` must make the same of it whatever it is given, and hand on each value as it is.
 */
export function builtOnce<Values extends readonly unknown[], Row>(
  build: (db: Database | Trx, ...values: Values) => Compilable<Row>,
): (db: Database | Trx, ...values: Values) => Promise<Row[]> {
  let built: CompiledQuery<Row> | undefined;
  const parametersOf = ({ parameters }: CompiledQuery, values: Values): unknown[] =>
    parameters.map((parameter) => (parameter instanceof Place ? values[parameter.at] : parameter));
  return async (db, ...values) => {
    built ??= build(db, ...(values.map((_, at) => new Place(at)) as never)).compile();
    const { rows } = await db.executeQuery<Row>({ ...built, parameters: parametersOf(built, values) });
    return rows;
  };
}
