// An experiment while it is edited: the configuration as it stands, what is wrong with it, and how it differs from its preset.

import { batch, computed, effect, type ReadonlySignal, signal } from '@preact/signals-core';
import { UserError } from '../../math/errors';
import { DEFAULT_PRESET, presets } from '../../presets';
import { withValue } from '../../presets/override';
import { problemsIn, runFields, runKind } from '../../training/config';
import { formatPath } from '../../training/explain';
import {
  brief,
  type Field,
  filled,
  isObject,
  type Path,
  parsePath,
  reachable,
  valueAt,
} from '../../training/fields';
import { configOf, type Experiment } from '../address';
import { differing, originalOf } from '../experiment';
import { shapesOf } from './shapes';

/** Something that is wrong, where it can be shown. */
export interface Mistake {
  /** The field's place; empty where it is of no field. */
  readonly path: string;
  readonly sentence: string;
}

export interface DraftSource {
  /** What is trained, or about to be. */
  readonly experiment: ReadonlySignal<Experiment>;
  /** A configuration with what it only names, such as a file of points. */
  complete(config: object): object;
}

export class Draft {
  /** With all defaults, right or wrong. */
  readonly config = signal<object>({});
  readonly mistakes = signal<readonly Mistake[]>([]);
  readonly shapes = computed(() => shapesOf(this.config.value));
  /** The experiment that this is, where nothing is wrong with it. */
  readonly experiment = computed<Experiment | undefined>(() =>
    this.mistakes.value.length === 0 ? differing(this.#preset.value, this.config.value) : undefined,
  );
  /** Whether it is another configuration than the one that is trained. */
  readonly isEdited = signal(false);
  readonly #source: DraftSource;
  /** Without edits, as JSON. */
  #unedited = '';
  readonly #preset = computed(() => presetOf(this.#source.experiment.value));
  /** The preset as it is, filled in. */
  readonly #original = computed(() => originalOf(this.#preset.value));

  constructor(source: DraftSource) {
    this.#source = source;
    effect(() => {
      const experiment = source.experiment.value;
      this.revert(experiment);
    });
  }

  /** Takes all edits back. */
  revert(experiment: Experiment = this.#source.experiment.peek()): void {
    const { config } = presets.get(presetOf(experiment));
    try {
      this.#take(configOf(config, experiment.overrides));
    } catch (error) {
      // An address may name what cannot be set.
      if (!(error instanceof UserError)) throw error;
      this.#take(config);
      this.mistakes.value = [{ path: '', sentence: error.message }];
    }
    this.#unedited = JSON.stringify(this.config.peek());
    this.isEdited.value = false;
  }

  set(path: Path, value: unknown): void {
    this.#take(withValue(this.config.peek(), formatPath(path), value));
  }

  /** Back to what the preset has there. */
  reset(path: Path): void {
    this.set(path, this.originalAt(path));
  }

  originalAt(path: Path): unknown {
    return valueAt(this.#original.value, path);
  }

  /** Whether a field is another than in the preset, defaults put in. */
  isChanged(field: Field, path: Path): boolean {
    const [now, then] = [valueAt(this.config.value, path), this.originalAt(path)];
    return !isSame(brief(field.kind, now), brief(field.kind, then));
  }

  /** Whether it is changed, and the preset has something of the kind to go back to. */
  canReset(field: Field, path: Path): boolean {
    const outer = path.slice(0, -1);
    const isThere =
      typeof path.at(-1) === 'number'
        ? this.originalAt(path) !== undefined
        : isSameKind(this.originalAt(outer), valueAt(this.config.value, outer));
    return isThere && this.isChanged(field, path);
  }

  mistakesBelow(path: string): readonly Mistake[] {
    return this.mistakes.value.filter((mistake) => isWithin(mistake.path, path));
  }

  #take(config: object): void {
    const whole = filled(runKind, config) as object;
    batch(() => {
      this.config.value = whole;
      this.isEdited.value = JSON.stringify(whole) !== this.#unedited;
      this.mistakes.value = problemsIn(this.#source.complete(whole)).map((sentence) => ({
        path: formatPath(reachable(runFields, whole, parsePath(placeOf(sentence)))),
        sentence,
      }));
    });
  }
}

/** The place that a sentence names: `generator[0].units: is missing; …`. */
const placeOf = (sentence: string): string =>
  /^([A-Za-z_][\w-]*(?:\.[\w-]+|\[\d+\])*)(?: \([^)]*\))?: /.exec(sentence)?.[1] ?? '';

const presetOf = ({ preset }: Experiment): string => (presets.has(preset) ? preset : DEFAULT_PRESET);

const isSameKind = (a: unknown, b: unknown) =>
  isObject(a) && isObject(b) && a.type === b.type && a.source === b.source;

/** Whether a place is another one or lies in it. */
export const isWithin = (place: string, outer: string): boolean =>
  place === outer || place.startsWith(`${outer}.`) || place.startsWith(`${outer}[`);

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
