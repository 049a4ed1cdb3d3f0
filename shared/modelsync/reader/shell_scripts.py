r"""The scripts that make a shell complete `models`: each hands over the words and shows what comes back.

None runs anything but `models __complete`, sets anything outside itself, or reads anything into a hint.

- bash takes a line apart at `:` and `=` too. The words are put together again from the line, and what bash thinks is
  in front of the word is cut off the answers; COMP_WORDBREAKS stays as it is.
- PowerShell before 7.3 passes no empty word on, so that a pair of quotes stands for one.
"""

from collections.abc import Mapping
from typing import Final

_BASH: Final = r"""# bash completion for models. Put into ~/.bashrc:  source <(models completion bash)
_models() {
    local rest="${COMP_LINE:0:COMP_POINT}" current="" cut="" piece gap place line
    local -a before=()
    COMPREPLY=()
    for ((place = 0; place <= COMP_CWORD; place++)); do
        piece="${COMP_WORDS[place]}"
        if ((place == 0)); then
            rest="${rest#*"$piece"}"
            continue
        fi
        gap="${rest%%[![:space:]]*}"
        rest="${rest#"$gap"}"
        if [[ -n $gap && place -gt 1 ]]; then
            before+=("$current")
            current="" cut=""
        fi
        if ((place == COMP_CWORD)); then
            piece="$rest"
            cut="$current"
            [[ -z ${piece//[:=]/} ]] && cut+="$piece"
        fi
        current+="$piece"
        rest="${rest#"$piece"}"
    done
    while IFS= read -r line; do
        line="${line%%$'\t'*}"
        [[ -n $line ]] && COMPREPLY+=("${line:${#cut}}")
    done <<<"$(models __complete "${before[@]}" "$current" 2>/dev/null </dev/null)"
}
complete -o nosort -F _models models 2>/dev/null || complete -F _models models
"""

_ZSH: Final = r"""#compdef models
# zsh completion for models. Put into ~/.zshrc, behind compinit:  source <(models completion zsh)
# or into a folder of $fpath, as _models.
_models() {
    local line
    local -a found texts shown
    found=("${(@f)$(models __complete "${(@Q)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null </dev/null)}")
    for line in "${found[@]}"; do
        [[ -n $line ]] || continue
        texts+=("${line%%$'\t'*}")
        shown+=("${line/$'\t'/  }")
    done
    (( $#texts )) && compadd -l -V models -d shown -a texts
}
if [[ $funcstack[1] == _models ]]; then
    _models "$@"
elif (( $+functions[compdef] )); then
    compdef _models models
fi
"""

_FISH: Final = r"""# fish completion for models. Put into ~/.config/fish/config.fish:  models completion fish | source
function __models_complete
    set -l before (commandline -opc)
    set -e before[1]
    models __complete $before (commandline -ct) 2>/dev/null </dev/null
end
complete -c models -e
complete -c models -f -k -a '(__models_complete)'
"""

_POWERSHELL: Final = r"""# PowerShell completion for models. Put into $PROFILE:
#   models completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName models -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { "$_" })
    $current = if ($wordToComplete) { "$wordToComplete" } else { '""' }
    models __complete @before $current 2>$null | ForEach-Object {
        $text, $hint = $_ -split "`t", 2
        if (-not $hint) { $hint = $text }
        [System.Management.Automation.CompletionResult]::new($text, $text, 'ParameterValue', $hint)
    }
}
"""

SCRIPTS: Final[Mapping[str, str]] = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH, "powershell": _POWERSHELL}
