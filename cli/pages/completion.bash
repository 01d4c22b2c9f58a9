# The part of the completion that is the same whatever the options are. For bash 4, and for zsh by its bashcompinit.

# The backends of the command $1: those beside it, else those in $PATH, as it looks for them itself.
_tlseam_backends() {
    local program file found=
    program=$(command -v -- "$1") && program=$(readlink -f -- "$program")
    for file in "${program%/*}"/tlseam-*; do
        [[ -x $file && ! -d $file ]] && found+=${file##*/tlseam-}$'\n'
    done
    [[ $found ]] || found=$(compgen -c tlseam- | sed 's/^tlseam-//')
    printf '%s\n' "$found" | grep -x '[a-z0-9][a-z0-9]*' | sort -u
}

# Where the words before the cursor lead goes into $place, and the option that waits for its value into $option. A shell
# may have split --option=value at the '='.
_tlseam_walk() {
    local word
    for word in "$@"; do
        if [[ $word == '=' ]]; then
            continue
        elif [[ $option ]]; then
            option=
        elif [[ $word == -* ]]; then
            [[ $(_tlseam_values "$place $word") ]] && option=$word
            [[ $place == front && ${word%%=*} == --backend ]] && place=backend
        elif [[ $place == *' '* ]]; then
            continue
        elif [[ " $(_tlseam_commands "$place") " == *" $word "* ]]; then
            place+=" $word"
        else
            place="backend $word"
        fi
    done
}

_tlseam_complete() {
    local command=${COMP_WORDS[0]} current=${COMP_WORDS[COMP_CWORD]} place=front option= before= words reply
    [[ ${command##*/} == tlseam-* ]] && place=backend
    _tlseam_walk "${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"
    if [[ $current == '=' ]]; then
        current=
    elif [[ -z $option && $current == --*=* ]]; then
        option=${current%%=*} before=${current%%=*}= current=${current#*=}
    fi
    if [[ $option ]]; then
        [[ $option == --backend ]] && place=front
        words=$(_tlseam_values "$place $option")
    elif [[ $current == -* ]]; then
        words=$(_tlseam_options "$place")
    elif [[ $place == front ]]; then
        words="$(_tlseam_commands front) $(_tlseam_commands backend)"
    else
        words="$(_tlseam_commands "$place") $(_tlseam_values "$place ")"
    fi
    COMPREPLY=()
    while IFS= read -r reply; do
        [[ $reply ]] && COMPREPLY+=("$before$reply")
    done < <(
        case $words in
            *'<any>'*) ;;
            *'<backend>'*) compgen -W "$(_tlseam_backends "$command")" -- "$current" ;;
            *'<file>'*) compgen -f -- "$current" ;;
            *'<directory>'*) compgen -d -- "$current" ;;
            *) compgen -W "$words" -- "$current" ;;
        esac
    )
    [[ $words == *'<file>'* || $words == *'<directory>'* ]] && compopt -o filenames 2> /dev/null
    return 0
}
