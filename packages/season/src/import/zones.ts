/** Countries (as the export writes them) that have one time zone. */
const COUNTRIES: Record<string, string> = {
  ARGENTINA: "America/Argentina/Buenos_Aires",
  AUSTRIA: "Europe/Vienna",
  BELGIUM: "Europe/Brussels",
  BOLIVIA: "America/La_Paz",
  CHINA: "Asia/Shanghai",
  COLOMBIA: "America/Bogota",
  CROATIA: "Europe/Zagreb",
  "CZECH REPUBLIC": "Europe/Prague",
  DENMARK: "Europe/Copenhagen",
  "DOMINICAN REPUBLIC": "America/Santo_Domingo",
  ENGLAND: "Europe/London",
  FINLAND: "Europe/Helsinki",
  FRANCE: "Europe/Paris",
  GERMANY: "Europe/Berlin",
  GREECE: "Europe/Athens",
  HUNGARY: "Europe/Budapest",
  INDIA: "Asia/Kolkata",
  IRELAND: "Europe/Dublin",
  ISRAEL: "Asia/Jerusalem",
  ITALY: "Europe/Rome",
  JAPAN: "Asia/Tokyo",
  KOREA: "Asia/Seoul",
  LEBANON: "Asia/Beirut",
  LITHUANIA: "Europe/Vilnius",
  LUXEMBOURG: "Europe/Luxembourg",
  MALAYSIA: "Asia/Kuala_Lumpur",
  MONACO: "Europe/Monaco",
  NETHERLANDS: "Europe/Amsterdam",
  "NEW ZEALAND": "Pacific/Auckland",
  NORWAY: "Europe/Oslo",
  PANAMA: "America/Panama",
  PARAGUAY: "America/Asuncion",
  PERU: "America/Lima",
  POLAND: "Europe/Warsaw",
  "PUERTO RICO": "America/Puerto_Rico",
  SCOTLAND: "Europe/London",
  SERBIA: "Europe/Belgrade",
  SLOVENIA: "Europe/Ljubljana",
  SPAIN: "Europe/Madrid",
  "CANARY ISLANDS": "Atlantic/Canary",
  "INDIA (BOMBAY)": "Asia/Kolkata",
  "DEMOCRATIC PEOPLE'S REPUBLIC OF KOREA": "Asia/Pyongyang",
  "SOUTH KOREA": "Asia/Seoul",
  SWEDEN: "Europe/Stockholm",
  SWITZERLAND: "Europe/Zurich",
  TAIWAN: "Asia/Taipei",
  THAILAND: "Asia/Bangkok",
  "THE PHILIPPINES": "Asia/Manila",
  TURKEY: "Europe/Istanbul",
  "UNITED ARAB EMIRATES": "Asia/Dubai",
  URUGUAY: "America/Montevideo",
  VENEZUELA: "America/Caracas",
  VIETNAM: "Asia/Ho_Chi_Minh",
  "W. GERMANY": "Europe/Berlin",
}

/** States of the USA that lie in one time zone; the others are known by city. */
const STATES: Record<string, string> = {
  ...of("America/New_York", "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV"),
  ...of("America/Chicago", "AL AR IA IL LA MN MO MS OK WI"),
  ...of("America/Denver", "CO MT NM UT WY"),
  ...of("America/Los_Angeles", "CA NV WA"),
  AZ: "America/Phoenix",
  HI: "Pacific/Honolulu",
  California: "America/Los_Angeles",
}

const CITIES: Record<string, string> = {
  ...of("America/New_York", "Lexington,KY Danville,KY Knoxville,TN Chattanooga,TN Newport,RH"),
  ...of(
    "America/New_York",
    "Miami,FL Miami%Beach,FL Orlando,FL Tampa,FL Jacksonville,FL Ft.%Lauderdale,FL West%Palm%Beach,FL Sarasota,FL Daytona%Beach,FL Deland,FL Naples,FL",
  ),
  ...of(
    "America/Indiana/Indianapolis",
    "Indianapolis,IN Bloomington,IN Ft.%Wayne,IN Muncie,IN Wabash,IN Purdue,IN Lafayette,IN South%Bend,IN",
  ),
  "Louisville, KY": "America/Kentucky/Louisville",
  "El Paso, TX": "America/Denver",
  "Anchorage, AK": "America/Anchorage",
  ...of(
    "America/Detroit",
    "Detroit,MI Ann%Arbor,MI Grand%Rapids,MI Lansing,MI East%Lansing,MI Kalamazoo,MI Saginaw,MI Rochester,MI Midland,MI Interlochen,MI Pine%Knob,MI",
  ),
  ...of(
    "America/Chicago",
    "Dallas,TX Houston,TX Austin,TX Ft.%Worth,TX San%Antonio,TX Nashville,TN Memphis,TN Omaha,NE Lincoln,NE Wichita,KS Topeka,KS Lawrence,KS",
  ),
  ...of(
    "America/Chicago",
    "Hays,KS Lindsborg,KS Hutchinson,KS Manhattan,KS Denton,TX Waco,TX Galveston,TX Evansville,IN Sioux%Falls,SD Fargo,ND Grand%Forks,ND",
  ),
  ...of("America/Los_Angeles", "Portland,OR Eugene,OR Salem,OR Corvallis,OR Le%Grande,OR"),
  "Toronto, CANADA": "America/Toronto",
  "Montreal, CANADA": "America/Toronto",
  "Ottawa, CANADA": "America/Toronto",
  "Hamilton, CANADA": "America/Toronto",
  "London, CANADA": "America/Toronto",
  "Stratford, CANADA": "America/Toronto",
  "Vancouver, CANADA": "America/Vancouver",
  "Vancouver, BC, CANADA": "America/Vancouver",
  "Winnipeg, CANADA": "America/Winnipeg",
  "Calgary, CANADA": "America/Edmonton",
  "Edmonton, CANADA": "America/Edmonton",
  "Halifax, CANADA": "America/Halifax",
  "Kiev, USSR": "Europe/Kiev",
  "Moscow, USSR": "Europe/Moscow",
  "Leningrad, USSR": "Europe/Moscow",
  "Mexico City, MEXICO": "America/Mexico_City",
  "Sao Paulo, BRAZIL": "America/Sao_Paulo",
  "Rio De Janeiro, BRAZIL": "America/Sao_Paulo",
  "Brasilia, BRAZIL": "America/Sao_Paulo",
  "Belo Horizonte, BRAZIL": "America/Sao_Paulo",
  "Porto Alegre, BRAZIL": "America/Sao_Paulo",
  "Vina Del Mar, CHILE": "America/Santiago",
  "Guanajuato, MEXICO": "America/Mexico_City",
  "Lisbon, PORTUGAL": "Europe/Lisbon",
  "Santiago, CHILE": "America/Santiago",
  "Quito, ECUADOR": "America/Guayaquil",
  "Guayaquil, ECUADOR": "America/Guayaquil",
  "Sydney, AUSTRALIA": "Australia/Sydney",
  "Melbourne, AUSTRALIA": "Australia/Melbourne",
  "Brisbane, AUSTRALIA": "Australia/Brisbane",
  "Adelaide, AUSTRALIA": "Australia/Adelaide",
  "Perth, AUSTRALIA": "Australia/Perth",
  "Jakarta, INDONESIA": "Asia/Jakarta",
  Singapore: "Asia/Singapore",
  Macau: "Asia/Macau",
  "Hong Kong, CHINA": "Asia/Hong_Kong",
}

function of(zone: string, places: string): Record<string, string> {
  return Object.fromEntries(places.split(" ").map((place) => [place.replaceAll("%", " ").replace(",", ", "), zone]))
}

/** Where a location lies: `Ann Arbor, MI` or `Vienna, AUSTRIA`, blanks already collapsed. Undefined rather than a guess. */
export function zoneOf(location: string): string | undefined {
  const region = location.slice(location.lastIndexOf(",") + 1).trim()
  return CITIES[location] ?? STATES[region] ?? COUNTRIES[region.toUpperCase()]
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    })
    formats.set(zone, format)
  }
  return format
}

/** What a clock in the zone shows at an instant, written as if it were UTC. */
function wallOf(instant: number, zone: string): number {
  const parts: Record<string, number> = {}
  for (const { type, value } of formatOf(zone).formatToParts(instant)) parts[type] = Number(value)
  return Date.UTC(parts.year!, parts.month! - 1, parts.day, parts.hour, parts.minute, parts.second)
}

/** The instant (epoch milliseconds) at which clocks in the zone show this day and time; before standard time that is local mean time. */
export function instantOf(date: string, time: string, zone: string): number {
  const wanted = Date.parse(`${date}T${time}:00Z`)
  const guess = wanted - (wallOf(wanted, zone) - wanted)
  return guess - (wallOf(guess, zone) - wanted)
}
