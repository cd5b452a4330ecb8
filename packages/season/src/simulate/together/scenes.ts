/** Who speaks: the place among the demo people. */
const [ADA, MAX, MIA] = [0, 1, 2]

export interface Line {
  who: number
  text: string
  /** Who liked it, and with what. */
  reaction?: { who: number; emoji: string }
}

export interface Scene {
  /** Part of the messages' client ids; stays as it is. */
  key: string
  name: string
  lines: readonly Line[]
}

/** Every name begins with saying that it is simulated, for lists show names and cut their ends; the first line says it in a sentence. */
export const SCENES: readonly Scene[] = [
  {
    key: "box-office",
    name: "Simulated box office",
    lines: [
      {
        who: ADA,
        text: "This conversation is simulated, like the season: nobody wrote it. Write on in it, or open a room of your own.",
      },
      {
        who: MAX,
        text: "Morning. The weekend on-sale went through without a queue, the first orders were in before the doors of the office.",
      },
      { who: MIA, text: "Most of them pairs, as ever. Two school groups asked for twenty each; I sent them the group form." },
      {
        who: MAX,
        text: "Refunds are quiet. Is there a hall we should look at before the call at ten?",
        reaction: { who: MIA, emoji: "👀" },
      },
      {
        who: MIA,
        text: "Ask the assistant: every number of it opens with the rows behind it, so we can take that into the call.",
        reaction: { who: ADA, emoji: "👍" },
      },
      { who: ADA, text: "@assistant Which venues are the most popular?" },
    ],
  },
  {
    key: "tour-desk",
    name: "Simulated tour desk",
    lines: [
      { who: MIA, text: "Simulated, too. Load-in moved to 14:00 for tonight, the truck is an hour behind." },
      { who: ADA, text: "Thanks. Then doors stay at 19:00 and the line check is short. I changed the run of show on the board." },
      {
        who: MAX,
        text: "Saw it. House opens at 18:45 for the people with early entry, I will tell the door.",
        reaction: { who: ADA, emoji: "✅" },
      },
      { who: MIA, text: "Piano tuner is booked for 15:30, forty minutes, and needs the stage quiet." },
      { who: ADA, text: "Noted. Soundcheck at 16:15 then, support at 17:30." },
      { who: MAX, text: "Curfew is 23:00 sharp, so the encore is one song, not two.", reaction: { who: MIA, emoji: "😅" } },
    ],
  },
]

/** A board as people write one. */
export const BOARD = {
  title: "Simulated run of show",
  text: `# Run of show

> Simulated, like the season. Everybody with the board can write in it at the same time.

- **14:00** Load-in, one hour later (Mia)
- **15:30** Piano tuning, stage quiet (Mia)
- **16:15** Soundcheck (Ada)
- **17:30** Line check of the support (Ada)
- **18:45** Early entry (Max)
- **19:00** Doors (Max)
- **20:00** Support, 35 minutes
- **21:00** Show, 105 minutes
- **23:00** Curfew

## Open
- [x] Truck driver has the new time
- [x] Door knows about early entry
- [ ] Second monitor for the piano
- [ ] One song as encore: *which one?*

## Numbers to watch
Ask \`@assistant\` in the room: tickets sold so far, scanned at the door, and how that compares with the last time in this hall.
`,
} as const
