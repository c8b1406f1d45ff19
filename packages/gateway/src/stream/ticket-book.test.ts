import { expect, test } from 'vitest'
import { TicketBook, mostOfKey, mostTickets, ticketMs } from './ticket-book.ts'

function openBook() {
  const clock = { nowMs: 0, now: () => clock.nowMs }
  return { clock, book: new TicketBook(clock) }
}

test('a ticket is good once, and for a minute', () => {
  const { clock, book } = openBook()
  const [used, late] = [book.issue(3), book.issue(3)]
  expect(book.redeem(used)).toBe(3)
  expect(() => book.redeem(used)).toThrow('not known')
  clock.nowMs = ticketMs
  expect(() => book.redeem(late)).toThrow('older than 60 s')
})

test('a key that takes tickets and never uses them takes none from others, and has more once they are used or old', () => {
  const { clock, book } = openBook()
  const tickets = Array.from({ length: 500 }, () => book.issue(3))
  expect(() => book.issue(3)).toThrow(expect.objectContaining({ code: 'TRN_RATE_LIMITED', retryAfterMs: 60_000 }))
  expect(book.redeem(book.issue(4))).toBe(4)
  book.redeem(tickets[7] ?? '')
  book.issue(3)
  expect(() => book.issue(3)).toThrow('waiting for their use')
  clock.nowMs = ticketMs
  for (let i = 0; i < 500; i++) book.issue(3)
  expect(() => book.issue(3)).toThrow('waiting for their use')
})

test('all keys together have so many tickets waiting, and more when those are old', () => {
  const { clock, book } = openBook()
  for (let i = 0; i < mostTickets; i++) book.issue(Math.floor(i / mostOfKey))
  expect(() => book.issue(mostTickets)).toThrow(expect.objectContaining({ code: 'TRN_OVERLOADED' }))
  clock.nowMs = ticketMs
  expect(book.redeem(book.issue(mostTickets))).toBe(mostTickets)
})
