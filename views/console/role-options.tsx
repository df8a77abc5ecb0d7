import type { VNode } from 'preact'
import type { Speaker } from '../messages.ts'
import { AlertIcon } from '../parts/icons.tsx'
import { builtInRoleKeys } from '../role-names.ts'

export interface RoleOption {
  key: string
  /** As its members see it. */
  name: string
  checked: boolean
  /** How many permissions a role of the workspace's own has. */
  permissions?: number
}

/** Roles to be chosen from, each with what it stands for. */
export function RoleOptions({
  roles,
  problem,
  speaker: { say },
}: {
  roles: readonly RoleOption[]
  problem?: 'no-role' | undefined
  speaker: Speaker
}): VNode {
  return (
    <fieldset class="options" aria-describedby={problem && 'roles-problem'}>
      <legend>{say('console.members.roles')}</legend>
      {problem && (
        <p id="roles-problem" class="problem">
          <AlertIcon />
          {say(`console.roles.${problem}`)}
        </p>
      )}
      {roles.map(({ key, name, checked, permissions = 0 }, index) => {
        const builtIn = builtInRoleKeys.find(each => each === key)
        return (
          <label class="option">
            <input
              type="checkbox"
              name={`role:${key}`}
              value="on"
              checked={checked}
              autofocus={problem !== undefined && index === 0}
            />
            <OptionText
              name={name}
              why={builtIn ? say(`console.role.${builtIn}.why`) : say('console.role.own.why', { permissions })}
            />
          </label>
        )
      })}
    </fieldset>
  )
}

function OptionText({ name, why }: { name: string; why: string }): VNode {
  return (
    <span>
      <bdi class="option-name">{name}</bdi>
      <span class="option-why">{why}</span>
    </span>
  )
}
