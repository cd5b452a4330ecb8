import { useQuery } from "@tanstack/react-query"
import { Check, ChevronsUpDown, LogOut, Megaphone, Monitor, Moon, Network, Sun } from "lucide-react"
import { DropdownMenu } from "radix-ui"
import { useState } from "react"
import { AnnounceDialog } from "../notices/announce-dialog.tsx"
import { useServices } from "../services.tsx"
import { setTheme, type Theme } from "../theme/theme.ts"
import { useTheme } from "../theme/use-theme.ts"
import { AddressesDialog } from "./addresses-dialog.tsx"

const THEMES: { theme: Theme; label: string; icon: typeof Sun }[] = [
  { theme: "system", label: "As the system", icon: Monitor },
  { theme: "light", label: "Light", icon: Sun },
  { theme: "dark", label: "Dark", icon: Moon },
]

/** Who is signed in, the theme, the addresses in use, and the way out. */
export function AccountMenu() {
  const { client, session, config } = useServices()
  const { theme } = useTheme()
  const [addresses, setAddresses] = useState(false)
  const [announcing, setAnnouncing] = useState(false)
  const me = useQuery({ queryKey: ["me"], queryFn: ({ signal }) => client.me(signal), staleTime: Number.POSITIVE_INFINITY })
  const name = me.data?.name || me.data?.email || "Account"
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger className="account" data-testid="account-menu">
          <span className="avatar" aria-hidden>
            {name.charAt(0).toUpperCase()}
          </span>
          <span className="account-text">
            <strong>
              <bdi>{name}</bdi>
            </strong>
            <small>{config.stage}</small>
          </span>
          <ChevronsUpDown size={14} aria-hidden />
        </DropdownMenu.Trigger>
        <DropdownMenu.Content className="menu" side="top" align="start" sideOffset={6}>
          {me.data?.email && <DropdownMenu.Label className="menu-label">{me.data.email}</DropdownMenu.Label>}
          <DropdownMenu.RadioGroup value={theme} onValueChange={(value) => setTheme(value as Theme)} aria-label="Theme">
            {THEMES.map(({ theme: value, label, icon: Icon }) => (
              <DropdownMenu.RadioItem key={value} value={value} className="menu-item">
                <Icon size={15} aria-hidden /> {label}
                <DropdownMenu.ItemIndicator className="menu-check">
                  <Check size={15} aria-hidden />
                </DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
          <DropdownMenu.Separator className="menu-line" />
          {me.data?.role === "admin" && (
            <DropdownMenu.Item
              className="menu-item"
              data-testid="announce-all"
              onSelect={() => setTimeout(() => setAnnouncing(true))}
            >
              <Megaphone size={15} aria-hidden /> Announce to everybody…
            </DropdownMenu.Item>
          )}
          <DropdownMenu.Item className="menu-item" onSelect={() => setAddresses(true)}>
            <Network size={15} aria-hidden /> Addresses
          </DropdownMenu.Item>
          <DropdownMenu.Item className="menu-item" data-testid="sign-out" onSelect={() => void session.signOut()}>
            <LogOut size={15} aria-hidden /> Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Root>
      {announcing && (
        <AnnounceDialog
          title="Announce to everybody"
          says="Everybody who is connected sees it within a minute."
          done="Everybody who is connected will see it within a minute."
          send={client.notices.send}
          onClose={() => setAnnouncing(false)}
        />
      )}
      {addresses && <AddressesDialog onClose={() => setAddresses(false)} />}
    </>
  )
}
