import { TrinityError } from '@trinity/core'
import { z } from 'zod'

/** One environment variable: what it is for, what it may be, and what it is when absent. */
export interface SettingDescriptor<Value> {
  readonly variable: string
  readonly description: string
  /** What is allowed, as words that end the sentence “it must be …”. */
  readonly allowed: string
  /** Shown in the reference; absent when there is none. */
  readonly defaultText?: string
  readonly secret?: boolean
  /** Reads the variable's text; undefined = not set. */
  readonly schema: z.ZodType<Value, string | undefined>
}

/** Values by setting name, as their descriptors type them. */
export type SettingValues<Descriptors extends Record<string, SettingDescriptor<unknown>>> = {
  readonly [Name in keyof Descriptors]: Descriptors[Name] extends SettingDescriptor<infer Value> ? Value : never
}

/**
 * Reads all settings from an environment.
 * @throws TrinityError `TRN_SETTING_INVALID`: one line with the variable, its value (unless secret) and what is allowed.
 */
export function readSettings<Descriptors extends Record<string, SettingDescriptor<unknown>>>(
  descriptors: Descriptors,
  environment: Readonly<Record<string, string | undefined>>,
): SettingValues<Descriptors> {
  const values = Object.entries(descriptors).map(([name, descriptor]) => {
    const text = environment[descriptor.variable]
    const read = descriptor.schema.safeParse(text === '' ? undefined : text)
    if (read.success) return [name, read.data] as const
    const shown =
      text === undefined || text === ''
        ? 'is not set'
        : descriptor.secret === true
          ? 'has a value that is not allowed'
          : `is '${text.replace(/[\s\p{Cc}]+/gu, ' ').slice(0, 200)}'`
    throw new TrinityError('TRN_SETTING_INVALID', `${descriptor.variable} ${shown}; it must be ${descriptor.allowed}.`)
  })
  return Object.fromEntries(values) as SettingValues<Descriptors>
}

const optional = z.string().optional()

/** A whole number within bounds. */
export function wholeNumber(
  minimum: number,
  maximum: number,
  fallback: number,
): Pick<SettingDescriptor<number>, 'allowed' | 'defaultText' | 'schema'> {
  return {
    allowed: `a whole number from ${minimum} to ${maximum}`,
    defaultText: String(fallback),
    schema: optional
      .transform((text) => (text === undefined ? fallback : /^\d{1,15}$/.test(text) ? Number(text) : NaN))
      .pipe(z.int().min(minimum).max(maximum)),
  }
}

/** One of a few words. */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  fallback: Word,
): Pick<SettingDescriptor<Word>, 'allowed' | 'defaultText' | 'schema'> {
  return {
    allowed: `one of ${words.join(', ')}`,
    defaultText: fallback,
    schema: optional.transform((text) => text ?? fallback).pipe(z.enum(words)),
  }
}

/** A text of a form; absent gives the fallback. */
export function textOf(form: RegExp, allowed: string, fallback: string): Pick<SettingDescriptor<string>, 'allowed' | 'defaultText' | 'schema'> {
  return { allowed, defaultText: fallback, schema: optional.transform((text) => text ?? fallback).pipe(z.string().regex(form)) }
}

/** A text of a form that may be absent. */
export function optionalText(form: RegExp, allowed: string): Pick<SettingDescriptor<string | undefined>, 'allowed' | 'schema'> {
  return { allowed, schema: z.string().regex(form).optional() }
}
