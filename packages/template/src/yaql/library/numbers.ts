/** Arithmetic: integers of any length that a value may have, and floating point numbers. */
import { badValue, checkedBytes } from '../bounds.ts';
import { integerFromText } from '../../semantics/integers.ts';
import { floored, remainder } from '../calendar.ts';
import { define, type FunctionDefinition, type Invocation } from '../signature.ts';
import { isNumber, type YaqlValue } from '../values.ts';

type Numeric = bigint | number;
const integer = (value: unknown): bigint => BigInt(value as bigint | boolean);

/** Two integers stay integers; otherwise both become floating point. */
function arithmetic(integers: (a: bigint, b: bigint) => bigint, floats: (a: number, b: number) => number): (call: Invocation) => YaqlValue {
  return ({ args: [a, b] }) =>
    typeof a === 'bigint' && typeof b === 'bigint' ? integers(a, b) : floats(toFloat(a as Numeric), toFloat(b as Numeric));
}
function toFloat(value: Numeric): number {
  const float = Number(value);
  if (!Number.isFinite(float) && typeof value === 'bigint') throw badValue('an integer is too large for a floating point number');
  return float;
}
function nonZero<T extends Numeric>(value: T): T {
  if (Number(value) === 0) throw badValue('division by zero');
  return value;
}
function floatRemainder(a: number, b: number): number {
  const rest = a % nonZero(b);
  if (rest === 0) return b < 0 ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
}

function toInteger(value: YaqlValue): bigint {
  if (value === null) return 0n;
  if (typeof value === 'bigint' || typeof value === 'boolean') return BigInt(value);
  if (typeof value === 'number' && Number.isFinite(value)) return BigInt(Math.trunc(value));
  const parsed = typeof value === 'string' && value.length < 4_300 ? integerFromText(value) : null;
  if (parsed === null) throw badValue('int: the value is no integer');
  return parsed;
}
const FLOAT = /^[+-]?(?:(?:\d+(?:_\d+)*)?\.?(?:\d+(?:_\d+)*)?(?:e[+-]?\d+(?:_\d+)*)?|inf(?:inity)?|nan)$/i;
function floatFrom(value: YaqlValue): number {
  if (value === null) return 0;
  if (typeof value === 'boolean') return Number(value);
  if (isNumber(value)) return toFloat(value);
  const text = typeof value === 'string' ? value.trim() : '';
  if (!FLOAT.test(text) || !/\d|inf|nan/i.test(text) || /^[+-]?\.?(?:e|$)/i.test(text)) throw badValue('float: the value is no number');
  const special = /^([+-]?)(inf|nan)/i.exec(text);
  if (special !== null) return (special[2] as string).toLowerCase() === 'nan' ? Number.NaN : special[1] === '-' ? -Infinity : Infinity;
  return Number(text.replaceAll('_', ''));
}

/** Bits a value may have: what fits into the bytes of one value. */
function checkedBits(bits: number): void {
  checkedBytes(bits / 7.5);
}
const bitsOf = (value: bigint): number => (value < 0n ? -value : value).toString(2).length;

function power({ args }: Invocation): YaqlValue {
  const [a, b, c] = args as [Numeric, Numeric, Numeric | null];
  if (c !== null) {
    if (typeof a !== 'bigint' || typeof b !== 'bigint' || typeof c !== 'bigint') throw badValue('pow: with a modulus all must be integers');
    if (b < 0n) throw badValue('pow: a negative exponent is not supported with a modulus');
    return modularPower(a, b, nonZero(c));
  }
  if (typeof a === 'bigint' && typeof b === 'bigint' && b >= 0n) {
    // A lower bound of the bits; the exact size is checked afterwards.
    if (a > 1n || a < -1n) checkedBits((bitsOf(a) - 1) * Number(b));
    return a === 0n || a === 1n || a === -1n ? a ** (b === 0n ? 0n : 2n - (b % 2n)) : a ** b;
  }
  const [base, exponent] = [toFloat(a), toFloat(b)];
  if (base === 0 && exponent < 0) throw badValue('pow: zero cannot be raised to a negative power');
  if (base < 0 && !Number.isInteger(exponent) && Number.isFinite(exponent)) throw badValue('pow: the result is no real number');
  const result = base === 1 ? 1 : base ** exponent;
  if (!Number.isFinite(result) && Number.isFinite(base) && Number.isFinite(exponent)) throw badValue('pow: the result is too large');
  return result;
}
function modularPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = remainder(1n, modulus);
  let square = remainder(base, modulus);
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = remainder(result * square, modulus);
    square = remainder(square * square, modulus);
  }
  return result;
}

/** The exact value of a floating point number, as a fraction with a power of two below. */
function fraction(value: number): readonly [bigint, bigint] {
  let below = 1n;
  let above = value;
  while (!Number.isInteger(above)) {
    above *= 2;
    below *= 2n;
  }
  return [BigInt(above), below];
}
/** The nearest multiple; halves go to the even one. */
function nearest(above: bigint, below: bigint): bigint {
  const quotient = floored(above, below);
  const twice = 2n * (above - quotient * below);
  return twice > below || (twice === below && quotient % 2n !== 0n) ? quotient + 1n : quotient;
}
function rounded({ args: [value, digitsGiven] }: Invocation): YaqlValue {
  const digits = Number(digitsGiven);
  if (typeof value === 'bigint') {
    if (digits >= 0) return value;
    if (digits < -5_000) return 0n;
    const unit = 10n ** BigInt(-digits);
    return nearest(value, unit) * unit;
  }
  const float = value as number;
  if (!Number.isFinite(float) || digits > 330) return float;
  if (digits < -310) return float * 0;
  const [above, below] = fraction(float);
  const scale = 10n ** BigInt(Math.abs(digits));
  const steps = digits >= 0 ? nearest(above * scale, below) : nearest(above, below * scale);
  if (steps === 0n) return float < 0 || Object.is(float, -0) ? -0 : 0;
  return Number(`${steps}e${-digits}`);
}

const shift =
  (left: boolean) =>
  ({ args }: Invocation): bigint => {
    const [value, bits] = [integer(args[0]), integer(args[1])];
    if (bits < 0n) throw badValue('bits cannot be shifted by a negative number');
    if (!left) return bits > 1_000_000n ? (value < 0n ? -1n : 0n) : value >> bits;
    if (value === 0n) return 0n;
    checkedBits(bitsOf(value) + Number(bits));
    return value << bits;
  };

/** Values that change from one evaluation to the next would make a stack differ from its template each time it is looked at. */
export const unsteady = (name: string) => (): never => {
  throw badValue(`${name} is not available: a template must have the same value each time it is evaluated`);
};

export const numberFunctions: readonly FunctionDefinition[] = [
  ...define(
    'function #operator_+ (left: number, right: number)',
    arithmetic(
      (a, b) => a + b,
      (a, b) => a + b,
    ),
  ),
  ...define(
    'function #operator_- (left: number, right: number)',
    arithmetic(
      (a, b) => a - b,
      (a, b) => a - b,
    ),
  ),
  ...define(
    'function #operator_* (left: number, right: number)',
    arithmetic(
      (a, b) => {
        checkedBits(a === 0n || b === 0n ? 0 : bitsOf(a) + bitsOf(b) - 2);
        return a * b;
      },
      (a, b) => a * b,
    ),
  ),
  ...define(
    'function #operator_/ (left: number, right: number)',
    arithmetic(
      (a, b) => floored(a, nonZero(b)),
      (a, b) => a / nonZero(b),
    ),
  ),
  ...define(
    'function #operator_mod (left: number, right: number)',
    arithmetic((a, b) => remainder(a, nonZero(b)), floatRemainder),
  ),
  ...define('function #unary_operator_+ (op: number)', ({ args }) => args[0] as Numeric),
  ...define('function #unary_operator_- (op: number)', ({ args }) => -(args[0] as Numeric)),
  ...define('function abs (op: number)', ({ args }) => {
    const value = args[0] as Numeric;
    return typeof value === 'number' ? Math.abs(value) : value < 0n ? -value : value;
  }),
  ...define('function int (value: any?)', ({ args }) => toInteger(args[0] as YaqlValue)),
  ...define('function float (value: any?)', ({ args }) => floatFrom(args[0] as YaqlValue)),
  ...define('function random ()', unsteady('random')),
  ...define('function random (from: any?, to: any?)', unsteady('random')),
  ...define('function bitwiseAnd (left: int, right: int)', ({ args }) => integer(args[0]) & integer(args[1])),
  ...define('function bitwiseOr (left: int, right: int)', ({ args }) => integer(args[0]) | integer(args[1])),
  ...define('function bitwiseXor (left: int, right: int)', ({ args }) => integer(args[0]) ^ integer(args[1])),
  ...define('function bitwiseNot (arg: int)', ({ args }) => ~integer(args[0])),
  ...define('function shiftBitsRight (value: int, bitsNumber: int)', shift(false)),
  ...define('function shiftBitsLeft (value: int, bitsNumber: int)', shift(true)),
  ...define('function max (a: any?, b: any?)', (call) => (isGreater(call) ? call.args[1] : call.args[0]) as YaqlValue),
  ...define('function min (a: any?, b: any?)', (call) => (isGreater(call) ? call.args[0] : call.args[1]) as YaqlValue),
  ...define('function pow (a: number, b: number, c: number? = null)', power),
  ...define('function sign (num: number)', ({ args }) => ((args[0] as Numeric) > 0 ? 1n : (args[0] as Numeric) < 0 ? -1n : 0n)),
  ...define('function round (number: number, ndigits: int = 0)', rounded),
  ...define('function isInteger (value: any?)', ({ args }) => typeof args[0] === 'bigint'),
  ...define('function isNumber (value: any?)', ({ args }) => isNumber(args[0])),
];

function isGreater({ args, engine, context }: Invocation): boolean {
  return engine.call('#operator_>', context.child(), [args[1] as YaqlValue, args[0] as YaqlValue]) === true;
}
