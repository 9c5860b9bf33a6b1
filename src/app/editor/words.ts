// Fields and values as a person reads them.

import { type Field, fieldsWithin, isObject, type Kind } from '../../training/fields';

/** `learningRate` as "Learning rate". */
export function labelOf(key: string): string {
  const words = key.replace(/(?<=[a-z\d])([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a field is for, and which numbers it takes. */
export function hintOf({ description = '', kind }: Field): string {
  return [description, rangeOf(kind)].filter((part) => part !== '').join(' ');
}

function rangeOf(kind: Kind): string {
  // What nobody reaches need not be said.
  if (kind.is !== 'number' || kind.high === undefined || kind.high >= 1e6) return '';
  return `From ${kind.low ?? '−∞'} to ${kind.high.toLocaleString('en')}.`;
}

/** A value for an input, and as what a reset goes back to. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value) && value.every((item) => typeof item === 'number')) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A value in a few words, for what is folded away. */
export function digestOf(field: Field, value: unknown): string {
  const { kind } = field;
  if (kind.is === 'list' && Array.isArray(value))
    return value.map((item) => digestOf(kind.item, item)).join(', ') || 'none';
  if (kind.is === 'choice') return choiceDigest(kind, value);
  if (kind.is === 'object' && isObject(value)) {
    const said = kind.fields.map((inner) => digestWithLabel(inner, value[inner.key]));
    return said.filter((text) => text !== '').join(' · ');
  }
  return textOf(value);
}

/** The choice's name, and the numbers that it cannot do without. */
function choiceDigest(kind: Extract<Kind, { is: 'choice' }>, value: unknown): string {
  if (kind.key === undefined || !isObject(value)) return textOf(value);
  const numbers = fieldsWithin(kind, value)
    .filter(({ required, kind: { is } }) => required && (is === 'number' || is === 'numbers'))
    .map(({ key }) => textOf(value[key]));
  return [textOf(value[kind.key]), ...numbers].join(' ');
}

/** With its name, where the value alone would not tell; nothing of what is switched off. */
export function digestWithLabel(field: Field, value: unknown, isNamed = true): string {
  if (value === undefined || value === null || value === 0 || value === false) return '';
  if (Array.isArray(value) && value.length === 0) return '';
  const digest = digestOf(field, value);
  return isNamed ? `${labelOf(field.key).toLowerCase()} ${digest}` : digest;
}

/** What was typed, as a value: a number where it is one, else the text, so that it can be said what is wrong with it. */
export function typed(kind: Kind, text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  switch (kind.is) {
    case 'number':
      return asNumber(trimmed);
    case 'numbers':
      return trimmed
        .replace(/^\[|\]$/g, '')
        .split(/[\s,;×]+/)
        .filter((part) => part !== '')
        .map(asNumber);
    case 'json':
      try {
        return JSON.parse(trimmed);
      } catch {
        return trimmed;
      }
    default:
      return trimmed;
  }
}

const asNumber = (text: string): number | string => {
  const number = Number(text.replace('−', '-'));
  return Number.isNaN(number) ? text : number;
};
