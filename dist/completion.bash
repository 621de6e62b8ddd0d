# SPDX-License-Identifier: BSD-2-Clause
# bash completion for scrim and scrimd. Commands and options are what --help prints, so there is no
# second list of them here.

# The words of a column of --help: commands, or the options that begin with --.
_scrim_words() {
	"$@" --help 2>/dev/null | sed -nE 's/^  (--[a-z-]+|[a-z]+)( .*|$)/\1/p'
}

_scrim_instances() {
	local dir
	for dir in /sys/fs/bpf/scrim-*/; do
		[ -d "$dir" ] && dir=${dir%/} && printf '%s\n' "${dir##*/scrim-}"
	done
}

_scrim_files() {
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

_scrim() {
	local program=$1 word=$2 before=$3 command=() words=
	COMPREPLY=()
	[ "${program##*/}" = scrimd ] || { [ "$COMP_CWORD" -gt 1 ] && command=("${COMP_WORDS[1]}"); }
	case $before in
	--config) _scrim_files "$word" && return ;;
	--instance) words=$(_scrim_instances) ;;
	--format) words="text hl7" ;;
	--policy | --role | --chunk | --wait | --every) return ;;
	*)
		if [[ $word == -* || ${program##*/} == scrimd || ${#command[@]} == 0 ]]; then
			words=$(_scrim_words "$program" "${command[@]}")
		elif [ "${command[0]}" = rules ]; then
			words=$("$program" rules --json 2>/dev/null | sed -nE 's/^\{"name":"([a-z0-9-]+)".*/\1/p')
		elif [[ ${command[0]} == filter || ${command[0]} == check ]]; then
			_scrim_files "$word" && return
		fi
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _scrim scrim scrimd
