"""Sentences that people read keep what they are made of, so that they can be translated."""

import copy
import pickle

import pytest

from helpdesk_mailchannel.mailcore.connect.mailbox_errors import MISTAKES
from helpdesk_mailchannel.mailcore.oauth.error_catalog import ANY_PROVIDER, GOOGLE, MICROSOFT
from helpdesk_mailchannel.mailcore.oauth.state import Doubt
from helpdesk_mailchannel.mailcore.reasons import Reason, Step, Trouble
from helpdesk_mailchannel.mailcore.sentences import NOTHING, Sentence, _, filled, in_a_row, verbatim


def test_a_sentence_keeps_its_template_and_its_arguments():
	sentence = _("The channel {0} filed it on {1}.").format("Sales", 5)
	assert sentence == "The channel Sales filed it on 5."
	assert (sentence.template, sentence.args) == ("The channel {0} filed it on {1}.", ("Sales", "5"))


def test_an_argument_that_is_a_sentence_stays_one():
	inner = _("it is larger than {0}").format("5 MB")
	assert _("Not kept: {0}.").format(inner).args == (inner,)
	assert isinstance(_("Not kept: {0}.").format(inner).args[0], Sentence)


def test_what_somebody_else_said_is_filled_in_and_never_taken_for_a_template():
	said = _("The server said: {0}").format("{0} {1} {}")
	assert said == "The server said: {0} {1} {}"
	assert verbatim("{0}").args == ("{0}",)


def test_sentences_in_a_row_leave_out_those_that_say_nothing():
	row = in_a_row(_("One."), NOTHING, _("Two."), "three")
	assert row == "One. Two. three"
	assert [type(each) for each in row.args] == [Sentence] * 3
	assert in_a_row(_("One."), NOTHING).template == "One."
	assert not in_a_row(NOTHING)


def test_a_translation_with_another_order_or_a_missing_or_broken_place_is_filled_all_the_same():
	assert filled("{1} hat {0}", ["it", "Sales"]) == "Sales hat it"
	assert filled("{7} {0.__class__} {", ["it"]) == "{7} {0.__class__} {"


@pytest.mark.parametrize("again", [copy.deepcopy, lambda sentence: pickle.loads(pickle.dumps(sentence))])
def test_a_copy_is_the_same_sentence(again):
	sentence = _("Signed in as {0} by {1}.").format("jane", _("LOGIN"))
	assert again(sentence) == sentence
	assert (again(sentence).template, again(sentence).args) == (sentence.template, sentence.args)


@pytest.mark.parametrize("kind", [Reason, Trouble])
def test_the_sentences_of_reasons_and_troubles_are_marked(kind):
	for member in kind:
		for words in (member.sentence, getattr(member, "remedy", member.sentence)):
			assert isinstance(words, Sentence) and words.template == words, member


@pytest.mark.parametrize("kind", [Step, Doubt])
def test_members_that_are_nothing_but_words_are_marked(kind):
	assert all(isinstance(member.value, Sentence) for member in kind)


@pytest.mark.parametrize("table", [MICROSOFT, GOOGLE, ANY_PROVIDER, MISTAKES])
def test_the_mistakes_of_sign_in_are_marked(table):
	for mistake in table:
		assert isinstance(mistake.sentence, Sentence) and isinstance(mistake.remedy, Sentence), mistake.codes
