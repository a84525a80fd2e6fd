//! Virtual cards.

use crate::raw::Response;
use crate::{CardId, Client, Doubt, Error, ExternalUserId, types};

/// The cards that [`Cards::issued_besides`] found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Issued {
    /// Those that are not among the known ones. One whose id cannot be read may be known.
    pub cards: Vec<types::CardSummary>,
    /// Why there may be more cards than these. Only if it is empty does an empty `cards` say that there is no other card.
    pub doubts: Vec<Doubt>,
}

/// Virtual cards of users who have passed KYC: [`Client::cards`].
///
/// ```no_run
/// # async fn example(client: p100::Client) -> Result<(), p100::Error> {
/// use p100::types::CreateCardRequest;
///
/// let request = CreateCardRequest::builder().external_user_id("customer-42").label("Shopping").pin("1234").build();
/// let card = client.cards().create(&request).await?;
/// client.cards().block("customer-42", &card.card_id).await?;
/// # Ok(())
/// # }
/// ```
///
/// Texts are taken for either id; an [`ExternalUserId`] and a [`CardId`] only where they belong:
///
/// ```compile_fail,E0277
/// # async fn example(client: p100::Client, user: p100::ExternalUserId, card: p100::CardId) -> Result<(), p100::Error> {
/// client.cards().get(card, user).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Cards(pub(crate) Client);

impl Cards {
    /// Creates a card. Its number and code are in the response and are redacted where it is printed.
    ///
    /// Operation [`createCard`](crate::raw::Client::create_card).
    ///
    /// # Errors
    /// The call failed: see [`Error`]. If it [may have taken effect](Error::may_have_taken_effect), [`issued_besides`](Self::issued_besides)
    /// reports. Each card costs a monthly fee and counts against the user's quotas, so do not create another one unseen.
    pub async fn create(self, request: &types::CreateCardRequest) -> Result<types::CardCreated, Error> {
        Ok(self.0.raw().create_card(request).await?.into_inner())
    }

    /// The cards of a user.
    ///
    /// Operation [`listCards`](crate::raw::Client::list_cards).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn list(self, external_user_id: impl Into<ExternalUserId>) -> Result<types::CardList, Error> {
        Ok(listed(&self.0, &external_user_id.into()).await?.into_inner())
    }

    /// The cards of a user that are not among those `known`, to find the one of a [`create`](Self::create) whose outcome is unknown. Compare
    /// their labels; number and code of the one that it is are in [`get`](Self::get). A card without an id counts as new.
    ///
    /// ```no_run
    /// # async fn example(client: p100::Client, request: p100::types::CreateCardRequest) -> Result<(), p100::Error> {
    /// let cards = client.cards().list("customer-42").await?.cards.unwrap_or_default();
    /// let known: Vec<p100::CardId> = cards.into_iter().filter_map(|card| card.card_id).collect();
    /// match client.cards().create(&request).await {
    ///     Ok(card) => println!("created: {}", card.card_id),
    ///     Err(error) if error.may_have_taken_effect() => {
    ///         let issued = client.cards().issued_besides("customer-42", &known).await?;
    ///         println!("created after all: {:?}; there may be more: {:?}", issued.cards, issued.doubts);
    ///     }
    ///     Err(error) => println!("not created: {error}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The call failed: see [`Error`]. It says nothing about the card.
    pub async fn issued_besides(self, external_user_id: impl Into<ExternalUserId>, known: &[CardId]) -> Result<Issued, Error> {
        let response = listed(&self.0, &external_user_id.into()).await?;
        let listed = response.cards.as_ref();
        let doubts = Doubt::of(&response, "cards", listed.is_some());
        let is_known = |card: &&types::CardSummary| card.card_id.as_ref().is_some_and(|card_id| known.contains(card_id));
        let cards = listed.into_iter().flatten().filter(|card| !is_known(card)).cloned().collect();
        Ok(Issued { cards, doubts })
    }

    /// Blocks a card until it is unblocked.
    ///
    /// Operation [`blockCard`](crate::raw::Client::block_card).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn block(
        self,
        external_user_id: impl Into<ExternalUserId>,
        card_id: impl Into<CardId>,
    ) -> Result<types::MessageResponse, Error> {
        Ok(self.0.raw().block_card(&reference(external_user_id, card_id)).await?.into_inner())
    }

    /// Ends the block of a card.
    ///
    /// Operation [`unblockCard`](crate::raw::Client::unblock_card).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn unblock(
        self,
        external_user_id: impl Into<ExternalUserId>,
        card_id: impl Into<CardId>,
    ) -> Result<types::MessageResponse, Error> {
        Ok(self.0.raw().unblock_card(&reference(external_user_id, card_id)).await?.into_inner())
    }

    /// Deletes a card for good.
    ///
    /// Operation [`deleteCard`](crate::raw::Client::delete_card).
    ///
    /// # Errors
    /// The call failed: see [`Error`].
    pub async fn delete(
        self,
        external_user_id: impl Into<ExternalUserId>,
        card_id: impl Into<CardId>,
    ) -> Result<types::MessageResponse, Error> {
        Ok(self.0.raw().delete_card(&reference(external_user_id, card_id)).await?.into_inner())
    }
}

async fn listed(client: &Client, external_user_id: &ExternalUserId) -> Result<Response<types::CardList>, Error> {
    client.raw().list_cards(external_user_id).await
}

fn reference(external_user_id: impl Into<ExternalUserId>, card_id: impl Into<CardId>) -> types::CardReference {
    types::CardReference::builder().external_user_id(external_user_id).card_id(card_id).build()
}
