/**
 * A WhatsApp message id in its real form: base64 of a small record that holds the user's number, so such an
 * id is personal data. `tail` makes it unique: 18 upper-case hexadecimal digits.
 */
export function whatsappMessageId(userNumber: string, tail: string, direction: 'in' | 'out'): string {
  const record = Buffer.concat([
    Buffer.from([0x1c, 0x18, userNumber.length]),
    Buffer.from(userNumber, 'latin1'),
    Buffer.from([0x15, 0x02, 0x00, direction === 'out' ? 0x11 : 0x12, 0x18, tail.length]),
    Buffer.from(tail, 'latin1'),
    Buffer.from([0x00]),
  ]);
  return `wamid.${record.toString('base64')}`;
}
