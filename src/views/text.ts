/**
 * Remote text made safe for a terminal: control characters, which could move the cursor, recolour or retitle the
 * window, are shown as `\x1b` and the like. Tabs become spaces; line breaks are shown, not obeyed.
 */
export function printable(text: string): string {
  if (!CONTROL.test(text)) return text
  return text
    .replaceAll('\t', ' ')
    .replaceAll('\r', '\\r')
    .replaceAll('\n', '\\n')
    .replace(CONTROLS, character => {
      const code = character.charCodeAt(0)
      return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
    })
}

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/
const CONTROLS = new RegExp(CONTROL, 'g')

/** The same for text of several lines, which stay lines. */
export const printableLines = (text: string): string => text.split(/\r?\n/).map(printable).join('\n')

/** "3 minutes ago": how long before now a moment was, in the largest unit that fits. */
export function ago(moment: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - moment.getTime()) / 1000)
  if (seconds < 45) return 'just now'
  for (const [unit, size] of UNITS) {
    const count = Math.round(seconds / size)
    if (count >= 1) return `${count} ${unit}${count === 1 ? '' : 's'} ago`
  }
  return 'just now'
}

const UNITS: [string, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** The time of day where the reader is: 14:03:07.123 */
export function localTime(moment: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const milliseconds = String(moment.getMilliseconds()).padStart(3, '0')
  return `${two(moment.getHours())}:${two(moment.getMinutes())}:${two(moment.getSeconds())}.${milliseconds}`
}
