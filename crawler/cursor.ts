/** Where a listing of names goes on: text that only the adapter that wrote it understands. */
import type { z } from 'zod';

/**
 * @param adapter whose cursor it is, for the message
 * @throws where the text is no cursor of that adapter
 */
export function readCursor<Cursor>(text: string, schema: z.ZodType<Cursor>, adapter: string): Cursor {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Error(`expected a cursor of the ${adapter} adapter; list the names anew, without a cursor`);
  return parsed.data;
}
